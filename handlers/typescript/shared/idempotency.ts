/** Idempotency-Keys: a POST that is repeated within 24 hours creates nothing new. */

import { IdempotencyKeyReused } from "./errors.ts";

export const IDEMPOTENCY_TTL_MS = 86_400_000; // 24 hours

/** A client's key, and the SHA-256 of the body that came with it, in hexadecimal. */
export interface IdempotencyKey {
  readonly key: string;
  readonly bodySha256: string;
}

/** What is stored about a key's first use, with the id of the record it created. */
export interface FirstUse {
  readonly key: IdempotencyKey;
  readonly recordId: string;
}

/**
 * Return the id of the record that the first use of a key created.
 *
 * Throws `IdempotencyKeyReused` if the body is another one.
 */
export function repeatedRecord(first: FirstUse, again: IdempotencyKey | null): string {
  if (first.key.key !== again?.key || first.key.bodySha256 !== again.bodySha256) {
    throw new IdempotencyKeyReused();
  }
  return first.recordId;
}
