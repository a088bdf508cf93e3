/** Query all shards of a list in parallel. */

import type { Deadline } from "../clock.ts";
import type { Listed, Position, ShardPage, ShardQuery } from "../pages.ts";
import { type Item, number, text } from "./items.ts";
import type { IndexQuery, Table } from "./table.ts";

/**
 * An index whose partitions are shards of a list.
 *
 * `read` turns an item into a record.
 */
export class ShardedIndex<Record extends Listed> {
  constructor(
    private readonly table: Table,
    private readonly name: string,
    private readonly read: (item: Item) => Record,
  ) {}

  /**
   * Run `queries` in parallel and return their results in the same order.
   *
   * `partition` is the part of the index's hash key other than the shard. Throws
   * `Unavailable`.
   */
  ask(
    partition: Item,
    queries: readonly ShardQuery[],
    deadline: Deadline,
  ): Promise<readonly ShardPage<Record>[]> {
    const askOne = async (query: ShardQuery): Promise<ShardPage<Record>> => {
      const found = await this.table.query(this.indexQuery(partition, query), deadline);
      const frontier = found.last === null ? null : this.position(found.last);
      return { records: found.items.map(this.read), frontier };
    };
    return Promise.all(queries.map(askOne));
  }

  /** Return the query; the item that it starts after need not exist. */
  private indexQuery(partition: Item, query: ShardQuery): IndexQuery {
    const keys = { ...partition, listShard: query.shard };
    const after = query.after && {
      ...keys,
      createdAt: query.after.createdAt,
      [this.table.key]: query.after.recordId,
    };
    return { indexName: this.name, partition: keys, limit: query.limit, after };
  }

  private position(keys: Item): Position {
    return {
      createdAt: number(keys, "createdAt"),
      recordId: text(keys, this.table.key),
    };
  }
}
