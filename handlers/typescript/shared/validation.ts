/**
 * Validate bodies with the contract's schemas; the validators are compiled by the
 * build.
 */

import type { Validator } from "@contract/validators";
import { ValidationFailed } from "./errors.ts";
import { listed } from "./faults.ts";
import type { JsonValue } from "./json-reader.ts";

/** The violated keyword for each invalid location (a JSON Pointer). */
type Faults = Map<string, string>;

/**
 * A body that a client may send: the schema's validator, and rules that no schema can
 * express.
 *
 * `further` returns the faults that no schema finds, in fields of the right type;
 * `settled` returns the body in the form that operations use.
 */
export interface Body<Model> {
  readonly validate: Validator;
  readonly further: (body: Partial<Model>, now: number) => ReadonlyMap<string, string>;
  readonly settled: (body: Model) => Model;
}

// Of several faults at one location, the response has the first in this order. A field
// that is missing or unknown has no other fault.
const PRECEDENCE = ["type", "minimum", "minLength", "maximum", "maxLength", "pattern"];

/**
 * Return `value` as a body; throws `ValidationFailed`.
 *
 * `now` (ms) is for bounds that depend on the time.
 */
export function readBody<Model>(
  body: Body<Model>,
  value: JsonValue,
  now: number,
): Model {
  const faults = schemaFaults(body.validate, value);
  if (!faults.has("")) {
    for (const [location, code] of body.further(value as Partial<Model>, now)) {
      note(faults, location, code);
    }
  }
  if (faults.size > 0) {
    const all = [...faults].map(([location, code]) => ({ location, code }));
    throw new ValidationFailed("pointer", listed(all));
  }
  return body.settled(value as Model);
}

/** Return the fault that a validator finds for each location. */
function schemaFaults(validate: Validator, value: JsonValue): Faults {
  const faults = new Map<string, string>();
  if (validate(value)) return faults;
  for (const { keyword, instancePath, params } of validate.errors ?? []) {
    const field = params["missingProperty"] ?? params["additionalProperty"];
    const location =
      typeof field === "string" ? instancePath + pointer(field) : instancePath;
    note(faults, location, keyword);
  }
  return faults;
}

/** Record a fault, unless its location has one that takes precedence. */
function note(faults: Faults, location: string, code: string): void {
  const other = faults.get(location);
  if (other === undefined || precedes(code, other)) faults.set(location, code);
}

function precedes(code: string, other: string): boolean {
  return PRECEDENCE.indexOf(code) < PRECEDENCE.indexOf(other);
}

/** Return the JSON Pointer (RFC 6901) of a field of the body. */
function pointer(name: string): string {
  return `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
