/** The query string: parsed here, because API Gateway joins repeats with commas. */

import { LIMIT, type Schema } from "@contract/schemas";
import { decodeCursor } from "../cursor.ts";
import { type Fault, ValidationFailed } from "../errors.ts";
import { listed } from "../faults.ts";
import type { Slice } from "../pages.ts";

/** A function that returns the fault of a value, or null. */
type FaultFinder = (value: string) => string | null;

/**
 * The parameters of an operation, each with its fault finder.
 *
 * A map, because clients may send names that every object has, such as `constructor`.
 */
export type Parameters = ReadonlyMap<string, FaultFinder>;
export const NO_PARAMETERS: Parameters = new Map();

/** The values of a query by name. */
export type Query = ReadonlyMap<string, string>;

const PLAIN_NUMBER = /^[1-9][0-9]{0,2}$/;

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
    if (code !== null) faults.push({ location: name, code });
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

/** Decode plus signs and percent-encoding; throws `ValidationFailed`. */
function decode(text: string): string {
  try {
    if (text.isWellFormed()) return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    // A bad escape, or bytes that are not UTF-8.
  }
  throw new ValidationFailed("parameter", [{ location: "", code: "pattern" }]);
}

/** Return a function that finds the first keyword that a text violates. */
export function textFault(schema: Schema): FaultFinder {
  const { enum: allowed, minLength: shortest = 0, maxLength: longest } = schema;
  const pattern = new RegExp(schema.pattern ?? "", "u");
  return (value) => {
    if (allowed !== undefined && !allowed.includes(value)) return "enum";
    const length = [...value].length; // of code points
    if (length < shortest) return "minLength";
    if (longest !== undefined && length > longest) return "maxLength";
    return pattern.test(value) ? null : "pattern";
  };
}

/** Return the fault of a `limit`, or null; no sign, no leading zero. */
export function limitFault(value: string): string | null {
  if (!PLAIN_NUMBER.test(value)) return "pattern";
  return Number(value) > LIMIT.maximum ? "maximum" : null;
}

/** Return the slice that `limit` and `cursor` ask for; throws `InvalidCursor`. */
export function readSlice(query: Query): Slice {
  const cursor = query.get("cursor");
  return {
    limit: Number(query.get("limit") ?? LIMIT.default),
    after: cursor === undefined ? null : decodeCursor(cursor),
  };
}

/** Find no fault: for `cursor`, which is checked after all other parameters. */
export function noFault(_value: string): null {
  return null;
}
