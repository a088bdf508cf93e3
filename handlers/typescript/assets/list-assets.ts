/** listAssets: GET /assets. */

import { mergePage, type Page, type ShardQuery, type Slice } from "../shared/pages.ts";
import type { Asset, AssetStore } from "./model.ts";

/** Return live assets, newest first; with `status` only those stored with it. */
export function listAssets(
  assets: AssetStore,
  wanted: Slice,
  status: string | null,
  now: number,
): Promise<Page<Asset>> {
  const ask = (queries: readonly ShardQuery[]) => assets.newest(status, queries);

  return mergePage(ask, assets.shards, wanted, now);
}
