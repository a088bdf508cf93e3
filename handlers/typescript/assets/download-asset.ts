/** downloadAsset: GET /assets/{assetId}/download. */

import type { Clock } from "../shared/clock.ts";
import { arrivedAsset } from "./arrived-asset.ts";
import { AssetNotUploaded } from "./errors.ts";
import { type AssetStore, type Download, type ObjectStore, PENDING } from "./model.ts";

/**
 * Sign the download of the asset's object.
 *
 * Throws `AssetNotFound` and `AssetNotUploaded`, and `Conflict` if the asset kept
 * changing while its arrival was noted.
 */
export async function downloadAsset(
  assets: AssetStore,
  objects: ObjectStore,
  assetId: string,
  clock: Clock,
): Promise<Download> {
  const asset = await arrivedAsset(assets, objects, assetId, clock);
  if (asset.status === PENDING) throw new AssetNotUploaded(assetId);
  return objects.download(asset, clock.now);
}
