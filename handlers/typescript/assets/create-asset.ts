/** createAsset: POST /assets. */

import type { Clock } from "../shared/clock.ts";
import { type IdempotencyKey, repeatedRecord } from "../shared/idempotency.ts";
import { newUlid, newWriteId } from "../shared/ids.ts";
import type { AssetCreate } from "./bodies.ts";
import {
  ASSET_TTL_MS,
  Asset,
  type AssetStore,
  liveAsset,
  type ObjectStore,
  PENDING,
  type Upload,
} from "./model.ts";

/**
 * Create an asset, or return the one that the same request created before.
 *
 * Sign a new upload URL in both cases. With an idempotency key, throws
 * `IdempotencyKeyReused`, and `AssetNotFound` if the asset it created is gone.
 */
export async function createAsset(
  assets: AssetStore,
  objects: ObjectStore,
  body: AssetCreate,
  idempotency: IdempotencyKey | null,
  clock: Clock,
): Promise<[Asset, Upload]> {
  let asset = newAsset(body, objects.bucket, clock.now);
  const first = await assets.create(asset, idempotency, clock);
  if (first !== null) {
    const assetId = repeatedRecord(first, idempotency);
    asset = await liveAsset(assets, assetId, clock);
  }
  return [asset, await objects.upload(asset, clock.now)];
}

function newAsset(body: AssetCreate, bucket: string, now: number): Asset {
  const assetId = newUlid(now);
  return new Asset({
    assetId,
    fileName: body.fileName,
    contentType: body.contentType,
    size: body.size,
    checksumSha256: body.checksumSha256 ?? null,
    status: PENDING,
    createdAt: now,
    updatedAt: now,
    expiresAt: now + ASSET_TTL_MS,
    version: 1,
    writeId: newWriteId(),
    s3Bucket: bucket,
    s3Key: `assets/${assetId}/${body.fileName}`,
  });
}
