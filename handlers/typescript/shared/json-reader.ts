/** Reading JSON by RFC 8259 to the letter, and with one meaning in every language. */

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

// Each has an alternative for whatever comes, so they never go back over a text.
const STRING_OR_BRACKET = /"(?:[^"\\]|\\[\s\S])*"?|[[\]{}]/g;
const ESCAPE_OR_TEXT = /\\(?:u([0-9A-Fa-f]{4})|[\s\S])|[^\\]+/g;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\[\s\S])*"?|-?[0-9][-+.0-9Ee]*/g;
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?$/;

// A byte-order mark stays in the text, which is no JSON then.
const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Return the one JSON value in `octets`; throws `MalformedRequest`.
 *
 * Numbers are integers or `NO_INTEGER`; of repeats the last counts.
 */
export function readJson(data: Uint8Array): JsonValue {
  const text = decoded(data);
  // Before parsing, which drops repeated members.
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
 * Return `text` with each number written as the integer it denotes, or `NO_INTEGER`.
 *
 * JSON.parse rounds numbers before anyone sees their digits. What is no number of
 * RFC 8259 is left as it is, to be refused.
 */
function withExactNumbers(text: string): string {
  return text.replace(STRING_OR_NUMBER, (token) =>
    NUMBER.test(token) ? String(readNumber(token)) : token,
  );
}

/**
 * Tell whether any value in `text` lies deeper than `MAX_DEPTH`.
 *
 * Of text that is not JSON the answer may be either; it is refused later.
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
 * Tell whether a string, once its escapes are undone, has half a character.
 *
 * Only `\u` escapes can make one. They stand in strings only, or the text is no JSON.
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
