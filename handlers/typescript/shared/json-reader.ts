/** Read JSON strictly by RFC 8259, with the same result in every language. */

import { MalformedRequest } from "./errors.ts";
import { readNumber } from "./json-number.ts";

export type JsonValue =
  | { readonly [name: string]: JsonValue }
  | readonly JsonValue[]
  | string
  | number
  | boolean
  | null;

const MAX_DEPTH = 32; // the outermost array or object is level 1

// Each has an alternative for every character, so they never backtrack.
const STRING_OR_BRACKET = /"(?:[^"\\]|\\[\s\S])*"?|[[\]{}]/g;
const ESCAPE_OR_TEXT = /\\(?:u([0-9A-Fa-f]{4})|[\s\S])|[^\\]+/g;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\[\s\S])*"?|-?[0-9][-+.0-9Ee]*/g;
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?$/;

// A byte-order mark stays in the text, so the text is not JSON.
const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Return the JSON value in `data`; throws `MalformedRequest`.
 *
 * Numbers are integers or `NO_INTEGER`; of repeated members the last counts.
 */
export function readJson(data: Uint8Array): JsonValue {
  const text = decoded(data);
  // Checked before parsing, which drops repeated members.
  if (isTooDeep(text) || hasLoneSurrogate(text)) throw new MalformedRequest();
  try {
    return JSON.parse(withExactNumbers(text)) as JsonValue;
  } catch {
    throw new MalformedRequest();
  }
}

function decoded(data: Uint8Array): string {
  try {
    return UTF_8.decode(data);
  } catch {
    throw new MalformedRequest();
  }
}

/**
 * Return `text` with each number replaced by the integer that it denotes, or
 * `NO_INTEGER`.
 *
 * JSON.parse rounds numbers before their digits can be read. Text that is not a number
 * by RFC 8259 is left unchanged, and JSON.parse refuses it.
 */
function withExactNumbers(text: string): string {
  return text.replace(STRING_OR_NUMBER, (token) =>
    NUMBER.test(token) ? String(readNumber(token)) : token,
  );
}

/**
 * Return whether any value in `text` is nested deeper than `MAX_DEPTH`.
 *
 * For text that is not JSON, either result is possible; it is refused later.
 */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(STRING_OR_BRACKET)) {
    if (token === "{" || token === "[") {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (token === "}" || token === "]") {
      depth -= 1;
    }
  }
  return false;
}

/**
 * Return whether a string has a lone surrogate after its escapes are decoded.
 *
 * Only `\u` escapes can produce one, and in JSON they occur only in strings.
 */
function hasLoneSurrogate(text: string): boolean {
  if (!text.includes("\\u")) return false;
  let high = false; // the last part was the first half of a pair
  for (const [, digits = "0"] of text.matchAll(ESCAPE_OR_TEXT)) {
    const unit = Number.parseInt(digits, 16);
    const low = unit >= 0xdc00 && unit <= 0xdfff;
    if (high !== low) return true;
    high = unit >= 0xd800 && unit <= 0xdbff;
  }
  return high;
}
