/** deleteAsset: DELETE /assets/{assetId}. */

import { change } from "../shared/changes.ts";
import type { Clock } from "../shared/clock.ts";
import type { EntityTags } from "../shared/etags.ts";
import { type Asset, type AssetStore, liveAsset, type ObjectStore } from "./model.ts";

/**
 * Delete the record, then the object, whether or not that ever arrived.
 *
 * While an upload URL may still work an empty object takes the place: an upload works
 * only where there is none, so S3 itself refuses it.
 *
 * Throws `AssetNotFound`, `PreconditionFailed` and `Conflict`; `Unavailable` also when
 * the record is gone and S3 failed: the bucket's lifecycle removes the object then.
 */
export async function deleteAsset(
  assets: AssetStore,
  objects: ObjectStore,
  assetId: string,
  ifMatch: EntityTags | null,
  clock: Clock,
): Promise<void> {
  const write = async (before: Asset): Promise<Asset | null> =>
    (await assets.delete(before, clock)) ? before : null;

  const find = () => liveAsset(assets, assetId, clock);
  const deleted = await change(find, ifMatch, write, clock.deadline);
  if (deleted.uploadMayCome(clock.now)) await objects.empty(deleted, clock);
  else await objects.delete(deleted, clock);
}
