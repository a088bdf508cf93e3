/** downloadAsset: GET /assets/{assetId}/download. */

import type { Moment } from "../shared/moment.ts";
import { arrivedAsset } from "./arrived-asset.ts";
import { AssetNotUploaded } from "./errors.ts";
import { type AssetStore, type Download, type ObjectStore, PENDING } from "./model.ts";

/**
 * Sign the download of the asset's object.
 *
 * Throws `AssetNotFound`, `AssetNotUploaded`, and `Conflict` when noting the arrival
 * kept losing races.
 */
export async function downloadAsset(
  assets: AssetStore,
  objects: ObjectStore,
  assetId: string,
  moment: Moment,
): Promise<Download> {
  const asset = await arrivedAsset(assets, objects, assetId, moment);
  if (asset.status === PENDING) throw new AssetNotUploaded(assetId);
  return objects.download(asset, moment.now);
}
