/** The time of a request: when it was taken up, and whether there is time to retry. */

import { setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "./errors.ts";

export const MAX_ATTEMPTS = 5;
// What one call of an AWS client may take, see `shared/aws/clients.ts`.
export const CALL_MS = 15_000;
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
   * Throw `Unavailable` when a call of an AWS client might not end in time.
   *
   * Else Lambda would end the function in the midst of it, and answer for it.
   */
  requireTime(): void {
    if (this.remaining() < CALL_MS) throw new Unavailable();
  }

  /**
   * Count up to five attempts, with a random and growing pause between.
   *
   * Throws `Unavailable` instead of a further attempt that might not end in time.
   */
  async *attempts(): AsyncGenerator<number> {
    yield 0;
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt += 1) {
      this.requireTime();
      const longest = FIRST_PAUSE_MS * 2 ** (attempt - 1);
      // Rivals must not meet again; nothing here is a secret.
      await this.pause(Math.random() * longest);
      yield attempt;
    }
  }
}
