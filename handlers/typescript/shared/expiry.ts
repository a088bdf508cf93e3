/** When a record is gone: by the clock, for DynamoDB reaps up to days late. */

/** Tell whether the time `expiresAt` (ms; null is never) has come at `now`. */
export function isExpired(expiresAt: number | null, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/**
 * Return what DynamoDB's TTL reads: seconds, rounded up so that none reaps early.
 *
 * null, for a record that never expires, stays null.
 */
export function ttlSeconds(expiresAt: number | null): number | null {
  if (expiresAt === null) return null;
  // By the remainder: the quotient of a large time has no digits left for the rest.
  const rest = expiresAt % 1000;
  return (expiresAt - rest) / 1000 + (rest > 0 ? 1 : 0);
}
