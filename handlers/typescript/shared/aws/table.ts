/** A table: consistent reads, conditional writes, and indexes in shards. */

import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import type { Deadline } from "../clock.ts";
import { Unavailable } from "../errors.ts";
import { errorCode, serviceFailures } from "./failures.ts";
import { fromAttributes, type Item, toAttributes } from "./items.ts";
import { type Delete, Put } from "./writes.ts";

export type Write = Put | Delete;

const REFUSALS: ReadonlySet<string> = new Set([
  "ConditionalCheckFailedException",
  "ConditionalCheckFailed",
]);
// The SDK does not retry these, or not if they are the reasons of a cancelled
// transaction.
const RETRIED: ReadonlySet<string> = new Set([
  "TransactionConflictException",
  "TransactionConflict",
  "ThrottlingError",
  "ProvisionedThroughputExceeded",
]);

/** A write whose condition was false, and the item that made it false. */
export interface Refused {
  readonly write: Write;
  readonly old: Item;
}

/** Items of one partition of an index, greatest sort key first. */
export interface IndexQuery {
  readonly indexName: string;
  readonly partition: Item;
  readonly limit?: number;
  readonly after?: Item | null;
}

/** Items of a query, and the keys of the last one read, if more may follow. */
export interface Found {
  readonly items: readonly Item[];
  readonly last: Item | null;
}

/** One DynamoDB table, whose key is one attribute. */
export class Table {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly name: string,
    readonly key: string,
  ) {}

  /** Return the item as it is now, or null; throws `Unavailable`. */
  async get(key: string, deadline: Deadline): Promise<Item | null> {
    const command = new GetItemCommand({
      TableName: this.name,
      Key: { [this.key]: { S: key } },
      ConsistentRead: true,
    });
    const response = await serviceFailures(deadline, () => this.client.send(command));
    return response.Item === undefined ? null : fromAttributes(response.Item);
  }

  /** Return what the index has, which may be out of date; throws `Unavailable`. */
  async query(query: IndexQuery, deadline: Deadline): Promise<Found> {
    const command = new QueryCommand(this.queryParameters(query));
    const response = await serviceFailures(deadline, () => this.client.send(command));
    const last = response.LastEvaluatedKey;
    return {
      items: (response.Items ?? []).map(fromAttributes),
      last: last === undefined ? null : fromAttributes(last),
    };
  }

  /**
   * Do all of `writes` or none; return the first one that was refused, or null.
   *
   * A transaction that conflicts with another one is tried again. Throws `Unavailable`.
   */
  async write(writes: readonly Write[], deadline: Deadline): Promise<Refused | null> {
    let code: string | undefined;
    for await (const _ of deadline.attempts()) {
      const reason = await this.attempt(writes, deadline);
      if (reason === null) return null;
      if (REFUSALS.has(reason.code)) {
        return { write: writes[reason.writeIndex] as Write, old: reason.old };
      }
      code = reason.code;
    }
    throw new Unavailable(code);
  }

  /** Return null if the writes are done, or the reason why they are not. */
  private attempt(
    writes: readonly Write[],
    deadline: Deadline,
  ): Promise<Reason | null> {
    return serviceFailures(deadline, async () => {
      try {
        await this.send(writes);
      } catch (error) {
        const reason = reasonOf(error);
        if (REFUSALS.has(reason.code) || RETRIED.has(reason.code)) return reason;
        throw error;
      }
      return null;
    });
  }

  /** Send a single write without a transaction, which would cost twice as much. */
  private async send(writes: readonly Write[]): Promise<void> {
    const [first, ...others] = writes;
    if (first === undefined || others.length > 0) {
      const items = writes.map((write) => this.transactItem(write));
      await this.client.send(new TransactWriteItemsCommand({ TransactItems: items }));
    } else if (first instanceof Put) {
      await this.client.send(new PutItemCommand(first.parameters(this.name)));
    } else {
      await this.client.send(new DeleteItemCommand(first.parameters(this.name)));
    }
  }

  private transactItem(write: Write): TransactWriteItem {
    if (write instanceof Put) return { Put: write.parameters(this.name) };
    return { Delete: write.parameters(this.name) };
  }

  private queryParameters(query: IndexQuery): QueryCommandInput {
    const partition = Object.entries(query.partition);
    const values = partition.map(([name, value]) => [`:${name}`, value]);
    return {
      TableName: this.name,
      IndexName: query.indexName,
      KeyConditionExpression: partition.map(([n]) => `#${n} = :${n}`).join(" AND "),
      ExpressionAttributeNames: Object.fromEntries(
        partition.map(([name]) => [`#${name}`, name]),
      ),
      ExpressionAttributeValues: toAttributes(Object.fromEntries(values)),
      ScanIndexForward: false,
      ...(query.limit !== undefined && { Limit: query.limit }),
      ...(query.after && { ExclusiveStartKey: toAttributes(query.after) }),
    };
  }
}

/** Why the writes were not done: AWS's code, the refused write, the item there. */
interface Reason {
  readonly code: string;
  readonly writeIndex: number;
  readonly old: Item;
}

/**
 * The fields that DynamoDB adds to the errors of conditional writes and transactions.
 */
interface WriteError {
  readonly Item?: Record<string, AttributeValue>;
  readonly CancellationReasons?: readonly {
    readonly Code?: string;
    readonly Item?: Record<string, AttributeValue>;
  }[];
}

/** Return the first reason in the order of the writes. */
function reasonOf(error: unknown): Reason {
  const { CancellationReasons: reasons = [], Item: item = {} } = error as WriteError;
  for (const [writeIndex, { Code: code, Item: old = {} }] of reasons.entries()) {
    if (code !== undefined && code !== "None") {
      return { code, writeIndex, old: fromAttributes(old) };
    }
  }
  return { code: errorCode(error), writeIndex: 0, old: fromAttributes(item) };
}
