/** The list of faults that a client sees: in a fixed order, and of limited length. */

import type { Fault } from "./errors.ts";
import { inByteOrder } from "./text.ts";

const MAX_FAULTS = 100;

/** Return the first hundred faults, sorted by the UTF-8 bytes of their locations. */
export function listed(faults: Iterable<Fault>): readonly Fault[] {
  return [...faults]
    .sort((left, right) => inByteOrder(left.location, right.location))
    .slice(0, MAX_FAULTS);
}
