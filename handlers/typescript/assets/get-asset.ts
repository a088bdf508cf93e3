/** getAsset: GET /assets/{assetId}. */

import type { Clock } from "../shared/clock.ts";
import { arrivedAsset } from "./arrived-asset.ts";
import type { Asset, AssetStore, ObjectStore } from "./model.ts";

/**
 * Return the asset, `uploaded` once its object has arrived whole.
 *
 * Throws `AssetNotFound`, and `Conflict` when noting the arrival kept losing races.
 */
export function getAsset(
  assets: AssetStore,
  objects: ObjectStore,
  assetId: string,
  clock: Clock,
): Promise<Asset> {
  return arrivedAsset(assets, objects, assetId, clock);
}
