/**
 * When a record is gone: by the clock, because DynamoDB deletes it up to days later.
 */

/** Return whether `expiresAt` (ms; null is never) is not later than `now`. */
export function isExpired(expiresAt: number | null, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/**
 * Return DynamoDB's TTL in seconds, rounded up so that no record is deleted early.
 *
 * null, for a record that never expires, stays null.
 */
export function ttlSeconds(expiresAt: number | null): number | null {
  if (expiresAt === null) return null;
  // By the remainder: the quotient of a large time has no digits left for a fraction.
  const rest = expiresAt % 1000;
  return (expiresAt - rest) / 1000 + (rest > 0 ? 1 : 0);
}
