/** Asking all shards of a list at once. */

import type { Listed, Position, ShardPage, ShardQuery } from "../pages.ts";
import { type Item, number, text } from "./items.ts";
import type { IndexQuery, Table } from "./table.ts";

/** The indexes of a table that are kept in shards. */
export class ShardedIndex {
  constructor(
    private readonly table: Table,
    readonly shards: number,
  ) {}

  /**
   * Return the answers to `queries`, asked side by side, in their order.
   *
   * `partition` is what the index has before the shard in its hash key.
   */
  ask<Record extends Listed>(
    index: string,
    partition: Item,
    queries: readonly ShardQuery[],
    read: (item: Item) => Record,
  ): Promise<readonly ShardPage<Record>[]> {
    const askOne = async (query: ShardQuery): Promise<ShardPage<Record>> => {
      const found = await this.table.query(this.indexQuery(index, partition, query));
      const frontier = found.last === null ? null : this.position(found.last);
      return { records: found.items.map(read), frontier };
    };
    return Promise.all(queries.map(askOne));
  }

  /** Return the query; the item that it starts after need not be there. */
  private indexQuery(index: string, partition: Item, query: ShardQuery): IndexQuery {
    const keys = { ...partition, listShard: query.shard };
    const after = query.after && {
      ...keys,
      createdAt: query.after.createdAt,
      [this.table.key]: query.after.recordId,
    };
    return { index, partition: keys, limit: query.limit, after };
  }

  private position(keys: Item): Position {
    return { createdAt: number(keys, "createdAt"), recordId: text(keys, this.table.key) };
  }
}
