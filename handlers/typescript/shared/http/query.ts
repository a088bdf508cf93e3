/** The query string: parsed here, for API Gateway's map merges repeats with commas. */

import { decodeCursor } from "../cursor.ts";
import { type Fault, ValidationFailed } from "../errors.ts";
import { listed } from "../faults.ts";
import type { Slice } from "../pages.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/**
 * For each parameter of an operation: the fault of a value, or null.
 *
 * A map, for clients may name what every object has, such as `constructor`.
 */
export type Parameters = ReadonlyMap<string, (value: string) => string | null>;
export const NO_PARAMETERS: Parameters = new Map();

/** The values of a query by name. */
export type Query = ReadonlyMap<string, string>;

const LIMIT = /^[1-9][0-9]{0,2}$/;

/** Return the parameters in `text` by name; throws `ValidationFailed`. */
export function readQuery(text: string, parameters: Parameters): Query {
  const pieces = text.split("&").filter((piece) => piece !== "");
  const given = new Map<string, number>();
  const query = new Map<string, string>();
  for (const [name, value] of pieces.map(readPair)) {
    given.set(name, (given.get(name) ?? 0) + 1);
    query.set(name, value);
  }
  const faults: Fault[] = [];
  for (const [name, value] of query) {
    const code = faultCode(parameters, name, value, given.get(name) ?? 0);
    if (code !== null) faults.push({ place: name, code });
  }
  if (faults.length > 0) throw new ValidationFailed("parameter", listed(faults));
  return query;
}

function faultCode(
  parameters: Parameters,
  name: string,
  value: string,
  times: number,
): string | null {
  const valueFault = parameters.get(name);
  if (valueFault === undefined) return "additionalProperties";
  return times > 1 ? "maxItems" : valueFault(value);
}

function readPair(piece: string): [name: string, value: string] {
  const at = piece.indexOf("=");
  if (at < 0) return [decode(piece), ""];
  return [decode(piece.slice(0, at)), decode(piece.slice(at + 1))];
}

/** Undo plus signs and percent-encoding, strictly. */
function decode(text: string): string {
  try {
    if (text.isWellFormed()) return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    // A bad escape, or octets that are not UTF-8.
  }
  throw new ValidationFailed("parameter", [{ place: "", code: "pattern" }]);
}

/** Return the fault of a `limit`, or null: 1 to 100, plainly written. */
export function limitFault(value: string): string | null {
  if (!LIMIT.test(value)) return "pattern";
  return Number(value) > MAX_LIMIT ? "maximum" : null;
}

/** Return what `limit` and `cursor` ask for; throws `InvalidCursor`. */
export function readSlice(query: Query): Slice {
  const cursor = query.get("cursor");
  return {
    limit: Number(query.get("limit") ?? DEFAULT_LIMIT),
    after: cursor === undefined ? null : decodeCursor(cursor),
  };
}

/** Find no fault: for `cursor`, which is looked at when all else is right. */
export function noFault(_value: string): null {
  return null;
}
