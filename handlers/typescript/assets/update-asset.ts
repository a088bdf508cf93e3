/** updateAsset: PATCH /assets/{assetId}. */

import { change } from "../shared/changes.ts";
import type { Clock } from "../shared/clock.ts";
import type { EntityTags } from "../shared/etags.ts";
import { newWriteId } from "../shared/ids.ts";
import type { AssetPatch } from "./bodies.ts";
import { Asset, type AssetStore, liveAsset } from "./model.ts";

/**
 * Rename the asset if `patch` has a name; an empty patch is a write too.
 *
 * The object keeps its key. Throws `AssetNotFound`, `PreconditionFailed` and
 * `Conflict`.
 */
export async function updateAsset(
  assets: AssetStore,
  assetId: string,
  patch: AssetPatch,
  ifMatch: EntityTags | null,
  clock: Clock,
): Promise<Asset> {
  const write = async (before: Asset): Promise<Asset | null> => {
    const after = new Asset({
      ...before,
      ...patch,
      updatedAt: clock.now,
      version: before.version + 1,
      writeId: newWriteId(),
    });
    return (await assets.replace(before, after, clock)) ? after : null;
  };

  return change(
    () => liveAsset(assets, assetId, clock),
    ifMatch,
    write,
    clock.deadline,
  );
}
