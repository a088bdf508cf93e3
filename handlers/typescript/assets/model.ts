/** An asset, and what the operations need of stores of records and of objects. */

import type { Clock } from "../shared/clock.ts";
import { isExpired } from "../shared/expiry.ts";
import type { FirstUse, IdempotencyKey } from "../shared/idempotency.ts";
import type { Listed, Position, ShardPage, ShardQuery } from "../shared/pages.ts";
import { AssetNotFound } from "./errors.ts";

export const ASSET_TTL_MS = 2_592_000_000; // 30 days
// 25 hours: a repeat under an Idempotency-Key signs the upload anew for 24 hours, and a
// URL lives for one.
const UPLOAD_WINDOW_MS = 90_000_000;
export const PENDING = "pending";
export const UPLOADED = "uploaded";

export type Status = typeof PENDING | typeof UPLOADED;

/** What is stored of an asset. */
export type AssetMembers = Omit<
  Asset,
  "position" | "shown" | "expired" | "uploadMayCome"
>;

/**
 * An asset as it is stored; times are milliseconds since 1970, `size` is octets.
 *
 * `createdAt` is the time in `assetId`; `version` counts the writes, and `writeId` is
 * the last one's own. The object's place never changes, whatever the file's name.
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

  constructor(members: AssetMembers) {
    Object.assign(this, members);
  }

  /** Where the asset stands in lists. */
  get position(): Position {
    return { createdAt: this.createdAt, recordId: this.assetId };
  }

  /** What clients see, by the names of contract/schemas/asset.json. */
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

  /** Tell whether the asset is gone at `now`. */
  expired(now: number): boolean {
    return isExpired(this.expiresAt, now);
  }

  /** Tell whether some upload URL of the asset may still work at `now`. */
  uploadMayCome(now: number): boolean {
    return now < this.createdAt + UPLOAD_WINDOW_MS;
  }
}

/** What an upload must send, header by header. */
export interface UploadHeaders {
  readonly "content-type": string;
  readonly "content-length": string;
  readonly "if-none-match": "*";
  readonly "x-amz-checksum-sha256"?: string;
}

/** The one request that puts an asset's object in its place, good for an hour. */
export interface Upload {
  readonly url: string;
  readonly headers: UploadHeaders;
  readonly expiresAt: number;
}

/** Where an asset's object can be fetched, good for an hour. */
export interface Download {
  readonly url: string;
  readonly expiresAt: number;
}

/** Where the records of assets are kept. Every method throws `Unavailable`. */
export interface AssetStore {
  /** In how many shards the lists of assets are kept. */
  readonly shards: number;

  /** Return the asset as it is now, also an expired one. */
  find(assetId: string, clock: Clock): Promise<Asset | null>;

  /** Store a new asset, or return what the key was used for before. */
  create(
    asset: Asset,
    idempotency: IdempotencyKey | null,
    clock: Clock,
  ): Promise<FirstUse | null>;

  /** Store `after` if `before` still stands, and tell whether it did. */
  replace(before: Asset, after: Asset, clock: Clock): Promise<boolean>;

  /** Remove the asset if it still stands, and tell whether it is gone. */
  delete(asset: Asset, clock: Clock): Promise<boolean>;

  /** Ask shards of the list of all assets, or of a status, side by side. */
  newest(
    status: string | null,
    queries: readonly ShardQuery[],
    clock: Clock,
  ): Promise<readonly ShardPage<Asset>[]>;
}

/** Where the objects of assets are kept. */
export interface ObjectStore {
  /** Where the objects of new assets go. */
  readonly bucket: string;

  /**
   * Return the octets of the asset's object, null while there is none.
   *
   * Throws `Unavailable`.
   */
  length(asset: Asset, clock: Clock): Promise<number | null>;

  /** Remove the asset's object, if there is one; throws `Unavailable`. */
  delete(asset: Asset, clock: Clock): Promise<void>;

  /** Put an empty object in the asset's place; throws `Unavailable`. */
  empty(asset: Asset, clock: Clock): Promise<void>;

  /** Sign the upload of the asset's object. */
  upload(asset: Asset, now: number): Promise<Upload>;

  /** Sign the download of the asset's object, under the asset's file name. */
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
