/**
 * The item of an Idempotency-Key, stored in the table of the record that it created.
 */

import { ttlSeconds } from "../expiry.ts";
import {
  type FirstUse,
  IDEMPOTENCY_TTL_MS,
  type IdempotencyKey,
} from "../idempotency.ts";
import { type Item, text } from "./items.ts";
import { absentOrExpired, Put } from "./writes.ts";

/** Return the write that claims a key for `operation`, if the key is free. */
export function firstUsePut(
  tableKey: string,
  operation: string,
  first: FirstUse,
  now: number,
): Put {
  const expiresAt = now + IDEMPOTENCY_TTL_MS;
  return new Put(
    {
      [tableKey]: itemKey(operation, first.key),
      recordId: first.recordId,
      bodySha256: first.key.bodySha256,
      createdAt: now,
      expiresAt,
      ttl: ttlSeconds(expiresAt),
    },
    absentOrExpired(tableKey, now),
  );
}

/** Return the first use of the key of `again`, which an item records. */
export function readFirstUse(item: Item, again: IdempotencyKey): FirstUse {
  return {
    key: { key: again.key, bodySha256: text(item, "bodySha256") },
    recordId: text(item, "recordId"),
  };
}

function itemKey(operation: string, key: IdempotencyKey): string {
  return `idempotency#${operation}#${key.key}`;
}
