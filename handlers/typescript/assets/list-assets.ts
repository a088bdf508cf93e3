/** listAssets: GET /assets. */

import type { Clock } from "../shared/clock.ts";
import { mergePage, type Page, type ShardQuery, type Slice } from "../shared/pages.ts";
import type { Asset, AssetStore } from "./model.ts";

/** Return live assets, newest first; with `status`, only those stored with it. */
export function listAssets(
  assets: AssetStore,
  wanted: Slice,
  status: string | null,
  clock: Clock,
): Promise<Page<Asset>> {
  const ask = (queries: readonly ShardQuery[]) => assets.newest(status, queries, clock);

  return mergePage(ask, assets.shards, wanted, clock.now);
}
