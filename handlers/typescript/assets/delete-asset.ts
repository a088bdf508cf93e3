/** deleteAsset: DELETE /assets/{assetId}. */

import { change } from "../shared/changes.ts";
import type { Clock } from "../shared/clock.ts";
import type { EntityTags } from "../shared/etags.ts";
import { type Asset, type AssetStore, liveAsset, type ObjectStore } from "./model.ts";

/**
 * Delete the record, then the object, whether or not the object ever arrived.
 *
 * While an upload URL may still work, an empty object replaces the object. S3 then
 * refuses the upload, which works only if there is no object.
 *
 * Throws `AssetNotFound`, `PreconditionFailed` and `Conflict`. Throws `Unavailable`
 * even after the record is deleted, if S3 fails; the bucket's lifecycle rule then
 * removes the object.
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
