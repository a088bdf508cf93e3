/** Read, change, write on condition: how every record is written after its creation. */

import type { Deadline } from "./clock.ts";
import { Conflict, PreconditionFailed } from "./errors.ts";
import type { EntityTags } from "./etags.ts";

/** What counts its writes: 1 at creation, one more with each write. */
export interface Versioned {
  readonly version: number;
}

/**
 * Write what `find` returns with `write`, again when others were faster.
 *
 * `write` returns null when the record is no longer as it was found. A race that is
 * lost under If-Match ends when the new version is looked at. Throws what `find`
 * throws, `PreconditionFailed`, and `Conflict` after the last attempt.
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
