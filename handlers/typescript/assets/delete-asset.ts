/** deleteAsset: DELETE /assets/{assetId}. */

import { change } from "../shared/changes.ts";
import type { EntityTags } from "../shared/etags.ts";
import type { Moment } from "../shared/moment.ts";
import { type Asset, type AssetStore, liveAsset, type ObjectStore } from "./model.ts";

/**
 * Delete the record, then the object, whether or not that ever arrived.
 *
 * Throws `AssetNotFound`, `PreconditionFailed` and `Conflict`; `Unavailable` also when
 * the record is gone and S3 failed: the bucket's lifecycle removes the object then.
 */
export async function deleteAsset(
  assets: AssetStore,
  objects: ObjectStore,
  assetId: string,
  ifMatch: EntityTags | null,
  moment: Moment,
): Promise<void> {
  const write = async (before: Asset): Promise<Asset | null> =>
    (await assets.delete(before, moment)) ? before : null;

  const find = () => liveAsset(assets, assetId, moment);
  const deleted = await change(find, ifMatch, write, moment);
  await objects.delete(deleted, moment);
}
