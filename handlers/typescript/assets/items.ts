/** Assets as items (contract/schemas/stored-asset.json). */

import {
  type Item,
  type NewItem,
  number,
  optionalText,
  text,
} from "../shared/aws/items.ts";
import { ttlSeconds } from "../shared/expiry.ts";
import { listShard } from "../shared/ids.ts";
import { Asset, type Status } from "./model.ts";

export const KEY = "assetId";

/** Return the item of an asset, in a table whose lists have `shards` shards. */
export function assetItem(asset: Asset, shards: number): NewItem {
  return {
    ...asset.shown(),
    ttl: ttlSeconds(asset.expiresAt),
    version: asset.version,
    writeId: asset.writeId,
    listShard: listShard(asset.assetId, shards),
    s3Bucket: asset.s3Bucket,
    s3Key: asset.s3Key,
  };
}

/** Return the asset in an item. */
export function readAsset(item: Item): Asset {
  return new Asset({
    assetId: text(item, "assetId"),
    fileName: text(item, "fileName"),
    contentType: text(item, "contentType"),
    size: number(item, "size"),
    checksumSha256: optionalText(item, "checksumSha256"),
    status: text(item, "status") as Status,
    createdAt: number(item, "createdAt"),
    updatedAt: number(item, "updatedAt"),
    expiresAt: number(item, "expiresAt"),
    version: number(item, "version"),
    writeId: text(item, "writeId"),
    s3Bucket: text(item, "s3Bucket"),
    s3Key: text(item, "s3Key"),
  });
}
