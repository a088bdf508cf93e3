/** The time of a request: its one clock reading, and how long it may still run. */

import { setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "./errors.ts";

export const MAX_ATTEMPTS = 5;
// The longest time that one call of an AWS client takes, see `shared/aws/clients.ts`.
export const CALL_MS = 15_000;
const FIRST_PAUSE_MS = 50;

/**
 * When the function is stopped, and whether there is time for another attempt.
 *
 * `remaining` returns milliseconds; `pause` takes milliseconds.
 */
export class Deadline {
  constructor(
    readonly remaining: () => number,
    readonly pause: (milliseconds: number) => Promise<unknown> = sleep,
  ) {}

  /**
   * Throw `Unavailable` if a call of an AWS client might not end in time.
   *
   * Otherwise Lambda would stop the function during the call, and the client would
   * get Lambda's own error.
   */
  requireTime(): void {
    if (this.remaining() < CALL_MS) throw new Unavailable();
  }

  /**
   * Count up to five attempts, with a random and growing pause between them.
   *
   * Throws `Unavailable` if the next attempt might not end in time.
   */
  async *attempts(): AsyncGenerator<number> {
    yield 0;
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt += 1) {
      this.requireTime();
      const longest = FIRST_PAUSE_MS * 2 ** (attempt - 1);
      // A random pause keeps concurrent requests apart; nothing here is a secret.
      await this.pause(Math.random() * longest);
      yield attempt;
    }
  }
}

/**
 * The clock of one request: it is read once, so all its times agree.
 *
 * `now` is milliseconds since 1970.
 */
export interface Clock {
  readonly now: number;
  readonly deadline: Deadline;
}
