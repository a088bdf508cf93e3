/** Conditional writes of items, and the conditions under which they are made. */

import type {
  Delete as DeleteParameters,
  Put as PutParameters,
} from "@aws-sdk/client-dynamodb";
import { type Item, type NewItem, toAttributes } from "./items.ts";

/** A condition expression over attributes named `#name` and values named `:name`. */
export class Condition {
  constructor(
    readonly expression: string,
    readonly names: readonly string[],
    readonly values: Item = {},
  ) {}

  /** Return the names in DynamoDB's format; some are its reserved words. */
  aliases(): Record<string, string> {
    return Object.fromEntries(this.names.map((name) => [`#${name}`, name]));
  }

  /** Return the values in DynamoDB's format. */
  aliasedValues(): Item {
    const values = Object.entries(this.values);
    return Object.fromEntries(values.map(([name, value]) => [`:${name}`, value]));
  }
}

/** Return the condition that no item exists; `key` names the table's key. */
export function absent(key: string): Condition {
  return new Condition(`attribute_not_exists(#${key})`, [key]);
}

/** Return the condition that no item exists, or one that expired by `now` (ms). */
export function absentOrExpired(key: string, now: number): Condition {
  return new Condition(
    `attribute_not_exists(#${key}) OR #expiresAt <= :now`,
    [key, "expiresAt"],
    { now },
  );
}

/** Return the condition that the item still has `version`. */
export function unchanged(version: number): Condition {
  return new Condition("#version = :version", ["version"], { version });
}

/** Write a whole item if `condition` is true; it replaces one with the same key. */
export class Put {
  constructor(
    readonly item: NewItem,
    readonly condition: Condition,
  ) {}

  /** Return the parameters of PutItem, and of Put in a transaction. */
  parameters(table: string): PutParameters {
    return { Item: toAttributes(this.item), ...conditional(this.condition, table) };
  }
}

/** Remove an item. */
export class Delete {
  constructor(
    readonly key: Item,
    readonly condition: Condition,
  ) {}

  /** Return the parameters of DeleteItem, and of Delete in a transaction. */
  parameters(table: string): DeleteParameters {
    return { Key: toAttributes(this.key), ...conditional(this.condition, table) };
  }
}

function conditional(condition: Condition, table: string) {
  const values = toAttributes(condition.aliasedValues());
  return {
    TableName: table,
    ConditionExpression: condition.expression,
    ExpressionAttributeNames: condition.aliases(),
    // DynamoDB refuses an empty map of values.
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
  };
}
