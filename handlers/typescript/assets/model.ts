/** An asset, and the interfaces of the stores of records and of objects. */

import type { Clock } from "../shared/clock.ts";
import { isExpired } from "../shared/expiry.ts";
import type { FirstUse, IdempotencyKey } from "../shared/idempotency.ts";
import type { Listed, Position, ShardPage, ShardQuery } from "../shared/pages.ts";
import { AssetNotFound } from "./errors.ts";

export const ASSET_TTL_MS = 2_592_000_000; // 30 days
// 25 hours: a repeated request with an Idempotency-Key signs the upload again for 24
// hours, and each URL works for one hour.
const UPLOAD_WINDOW_MS = 90_000_000;
export const PENDING = "pending";
export const UPLOADED = "uploaded";

export type Status = typeof PENDING | typeof UPLOADED;

/** The stored fields of an asset. */
export type AssetFields = Omit<
  Asset,
  "position" | "shown" | "expired" | "uploadMayCome"
>;

/**
 * An asset as it is stored; times are milliseconds since 1970, `size` is bytes.
 *
 * `createdAt` is the time in `assetId`; `version` counts the writes, and `writeId`
 * identifies the last one. The object keeps its bucket and key when the file is
 * renamed.
 */
export class Asset implements Listed {
  declare readonly assetId: string;
  declare readonly fileName: string;
  declare readonly contentType: string;
  declare readonly size: number;
  declare readonly checksumSha256: string | null;
  declare readonly status: Status;
  declare readonly createdAt: number;
  declare readonly updatedAt: number;
  declare readonly expiresAt: number;
  declare readonly version: number;
  declare readonly writeId: string;
  declare readonly s3Bucket: string;
  declare readonly s3Key: string;

  constructor(fields: AssetFields) {
    Object.assign(this, fields);
  }

  /** The asset's position in lists. */
  get position(): Position {
    return { createdAt: this.createdAt, recordId: this.assetId };
  }

  /** The fields that clients see, by their names in the contract. */
  shown() {
    return {
      assetId: this.assetId,
      fileName: this.fileName,
      contentType: this.contentType,
      size: this.size,
      checksumSha256: this.checksumSha256,
      status: this.status,
      createdAt: this.createdAt,
      updatedAt: this.updatedAt,
      expiresAt: this.expiresAt,
    };
  }

  /** Return whether the asset is gone at `now`. */
  expired(now: number): boolean {
    return isExpired(this.expiresAt, now);
  }

  /** Return whether any upload URL of the asset may still work at `now`. */
  uploadMayCome(now: number): boolean {
    return now < this.createdAt + UPLOAD_WINDOW_MS;
  }
}

/** The headers that an upload must send. */
export interface UploadHeaders {
  readonly "content-type": string;
  readonly "content-length": string;
  readonly "if-none-match": "*";
  readonly "x-amz-checksum-sha256"?: string;
}

/** The one request that uploads an asset's object, valid for an hour. */
export interface Upload {
  readonly url: string;
  readonly headers: UploadHeaders;
  readonly expiresAt: number;
}

/** The URL that downloads an asset's object, valid for an hour. */
export interface Download {
  readonly url: string;
  readonly expiresAt: number;
}

/** The store of asset records. Every method throws `Unavailable`. */
export interface AssetStore {
  /** The number of shards of each list of assets. */
  readonly shards: number;

  /** Return the asset as it is now, even if it has expired. */
  find(assetId: string, clock: Clock): Promise<Asset | null>;

  /** Store a new asset, or return the first use of the idempotency key. */
  create(
    asset: Asset,
    idempotency: IdempotencyKey | null,
    clock: Clock,
  ): Promise<FirstUse | null>;

  /** Store `after` if `before` is unchanged; return whether it was stored. */
  replace(before: Asset, after: Asset, clock: Clock): Promise<boolean>;

  /** Remove the asset if it is unchanged; return whether it is gone. */
  delete(asset: Asset, clock: Clock): Promise<boolean>;

  /** Query shards of the list of all assets, or of one status, in parallel. */
  newest(
    status: string | null,
    queries: readonly ShardQuery[],
    clock: Clock,
  ): Promise<readonly ShardPage<Asset>[]>;
}

/** The store of asset objects. */
export interface ObjectStore {
  /** The bucket for the objects of new assets. */
  readonly bucket: string;

  /**
   * Return the size of the asset's object in bytes, null while there is none.
   *
   * Throws `Unavailable`.
   */
  length(asset: Asset, clock: Clock): Promise<number | null>;

  /** Remove the asset's object, if there is one; throws `Unavailable`. */
  delete(asset: Asset, clock: Clock): Promise<void>;

  /** Replace the asset's object by an empty one; throws `Unavailable`. */
  empty(asset: Asset, clock: Clock): Promise<void>;

  /** Sign the upload of the asset's object. */
  upload(asset: Asset, now: number): Promise<Upload>;

  /** Sign the download of the asset's object, with the asset's file name. */
  download(asset: Asset, now: number): Promise<Download>;
}

/** Return the asset, or throw `AssetNotFound`; an expired asset is not found. */
export async function liveAsset(
  assets: AssetStore,
  assetId: string,
  clock: Clock,
): Promise<Asset> {
  const asset = await assets.find(assetId, clock);
  if (asset === null || asset.expired(clock.now)) throw new AssetNotFound(assetId);
  return asset;
}
