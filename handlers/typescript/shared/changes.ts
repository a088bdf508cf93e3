/** Read, change, write under a condition: how every existing record is written. */

import type { Deadline } from "./clock.ts";
import { Conflict, PreconditionFailed } from "./errors.ts";
import type { EntityTags } from "./etags.ts";

/** A record that counts its writes: 1 at creation, one more with each write. */
export interface Versioned {
  readonly version: number;
}

/**
 * Find a record and write it; try again if another request changed it meanwhile.
 *
 * `write` returns null if the record is no longer as `find` returned it. With If-Match,
 * the next attempt then throws `PreconditionFailed`, because the version has changed.
 * Throws what `find` throws, and `Conflict` after the last attempt.
 */
export async function change<Record extends Versioned, Written>(
  find: () => Promise<Record>,
  ifMatch: EntityTags | null,
  write: (record: Record) => Promise<Written | null>,
  deadline: Deadline,
): Promise<Written> {
  for await (const _ of deadline.attempts()) {
    const record = await find();
    if (ifMatch !== null && !ifMatch.matchStrongly(record.version)) {
      throw new PreconditionFailed();
    }
    const written = await write(record);
    if (written !== null) return written;
  }
  throw new Conflict();
}
