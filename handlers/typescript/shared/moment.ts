/** The time of a request: when it was taken up, and whether there is time to retry. */

import { setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "./errors.ts";

export const MAX_ATTEMPTS = 5;
// One call of an AWS client may take 3 attempts of 3 s each.
export const MIN_REMAINING_MS = 9_000;
const FIRST_PAUSE_MS = 50;

/**
 * The one clock reading of a request, and how long the function may still run.
 *
 * `now` is milliseconds since 1970; `remaining` returns milliseconds; `pause` takes
 * milliseconds.
 */
export class Moment {
  constructor(
    readonly now: number,
    readonly remaining: () => number,
    readonly pause: (milliseconds: number) => Promise<unknown> = sleep,
  ) {}

  /**
   * Count up to five attempts, with a random and growing pause between.
   *
   * Throws `Unavailable` instead of a further attempt that might not end in time.
   */
  async *attempts(): AsyncGenerator<number> {
    yield 0;
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt += 1) {
      if (this.remaining() < MIN_REMAINING_MS) throw new Unavailable();
      const longest = FIRST_PAUSE_MS * 2 ** (attempt - 1);
      // Rivals must not meet again; nothing here is a secret.
      await this.pause(Math.random() * longest);
      yield attempt;
    }
  }
}
