/** Note that an asset's object has arrived: S3 does not notify, so readers check. */

import { change } from "../shared/changes.ts";
import type { Clock } from "../shared/clock.ts";
import { newWriteId } from "../shared/ids.ts";
import {
  Asset,
  type AssetStore,
  liveAsset,
  type ObjectStore,
  PENDING,
  UPLOADED,
} from "./model.ts";

/**
 * Return the asset; mark a pending one `uploaded` if its object has the right size.
 *
 * Throws `AssetNotFound` and `Conflict`.
 */
export async function arrivedAsset(
  assets: AssetStore,
  objects: ObjectStore,
  assetId: string,
  clock: Clock,
): Promise<Asset> {
  const write = async (before: Asset): Promise<Asset | null> => {
    if (before.status !== PENDING) return before;
    if ((await objects.length(before, clock)) !== before.size) return before;
    const after = new Asset({
      ...before,
      status: UPLOADED,
      updatedAt: clock.now,
      version: before.version + 1,
      writeId: newWriteId(),
    });
    return (await assets.replace(before, after, clock)) ? after : null;
  };

  return change(() => liveAsset(assets, assetId, clock), null, write, clock.deadline);
}
