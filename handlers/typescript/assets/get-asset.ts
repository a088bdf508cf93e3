/** getAsset: GET /assets/{assetId}. */

import type { Clock } from "../shared/clock.ts";
import { arrivedAsset } from "./arrived-asset.ts";
import type { Asset, AssetStore, ObjectStore } from "./model.ts";

/**
 * Return the asset; it is `uploaded` once its whole object has arrived.
 *
 * Throws `AssetNotFound`, and `Conflict` if the asset kept changing while its arrival
 * was noted.
 */
export function getAsset(
  assets: AssetStore,
  objects: ObjectStore,
  assetId: string,
  clock: Clock,
): Promise<Asset> {
  return arrivedAsset(assets, objects, assetId, clock);
}
