/** The records of assets in DynamoDB. */

import { firstUsePut, readFirstUse } from "../shared/aws/idempotency-items.ts";
import type { Item } from "../shared/aws/items.ts";
import { ShardedIndex } from "../shared/aws/shards.ts";
import type { Table, Write } from "../shared/aws/table.ts";
import { absent, Delete, Put, unchanged } from "../shared/aws/writes.ts";
import type { Clock } from "../shared/clock.ts";
import type { FirstUse, IdempotencyKey } from "../shared/idempotency.ts";
import type { ShardPage, ShardQuery } from "../shared/pages.ts";
import { assetItem, KEY, readAsset } from "./items.ts";
import type { Asset, AssetStore } from "./model.ts";

/** The assets table; implements `AssetStore`. */
export class DynamoAssetStore implements AssetStore {
  private readonly newestFirst: ShardedIndex<Asset>;
  private readonly ofStatus: ShardedIndex<Asset>;

  constructor(
    private readonly table: Table,
    readonly shards: number,
  ) {
    this.newestFirst = new ShardedIndex(table, "createdAt-index", readAsset);
    this.ofStatus = new ShardedIndex(table, "status-index", readAsset);
  }

  /** Return the asset as it is now, even if it has expired. */
  async find(assetId: string, clock: Clock): Promise<Asset | null> {
    const item = await this.table.get(assetId, clock.deadline);
    return item === null ? null : readAsset(item);
  }

  /** Store a new asset, or return the first use of the idempotency key. */
  async create(
    asset: Asset,
    idempotency: IdempotencyKey | null,
    clock: Clock,
  ): Promise<FirstUse | null> {
    const writes: Write[] = [new Put(assetItem(asset, this.shards), absent(KEY))];
    if (idempotency !== null) {
      const first = { key: idempotency, recordId: asset.assetId };
      writes.unshift(firstUsePut(KEY, "createAsset", first, clock.now));
    }
    const refused = await this.table.write(writes, clock.deadline);
    // The id is new. So without a key, the only item that can be there is the one that
    // this write stored when it was sent before.
    if (refused === null || idempotency === null || isOwn(refused.old, asset)) {
      return null;
    }
    return readFirstUse(refused.old, idempotency);
  }

  /** Store `after` if `before` is unchanged; return whether it was stored. */
  async replace(before: Asset, after: Asset, clock: Clock): Promise<boolean> {
    const record = new Put(assetItem(after, this.shards), unchanged(before.version));
    const refused = await this.table.write([record], clock.deadline);
    return refused === null || isOwn(refused.old, after);
  }

  /** Remove the asset if it is unchanged; return whether it is gone. */
  async delete(asset: Asset, clock: Clock): Promise<boolean> {
    const record = new Delete({ [KEY]: asset.assetId }, unchanged(asset.version));
    const refused = await this.table.write([record], clock.deadline);
    // If no item is there, it was already deleted: most likely by this delete, whose
    // response was lost. A concurrent delete leaves the same state.
    return refused === null || Object.keys(refused.old).length === 0;
  }

  /** Query shards of the list of all assets, or of one status, in parallel. */
  newest(
    status: string | null,
    queries: readonly ShardQuery[],
    clock: Clock,
  ): Promise<readonly ShardPage<Asset>[]> {
    if (status === null) return this.newestFirst.ask({}, queries, clock.deadline);
    return this.ofStatus.ask({ status }, queries, clock.deadline);
  }
}

/**
 * Return whether the write met its own result, because its response was lost.
 *
 * An idempotency item has the id of the record that it created.
 */
function isOwn(old: Item, asset: Asset): boolean {
  return old["writeId"] === asset.writeId || old["recordId"] === asset.assetId;
}
