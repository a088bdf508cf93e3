/** listAssets: GET /assets. */

import type { Moment } from "../shared/moment.ts";
import { mergePage, type Page, type ShardQuery, type Slice } from "../shared/pages.ts";
import type { Asset, AssetStore } from "./model.ts";

/** Return live assets, newest first; with `status` only those stored with it. */
export function listAssets(
  assets: AssetStore,
  wanted: Slice,
  status: string | null,
  moment: Moment,
): Promise<Page<Asset>> {
  const ask = (queries: readonly ShardQuery[]) =>
    assets.newest(status, queries, moment);

  return mergePage(ask, assets.shards, wanted, moment.now);
}
