/** The Content-Type of a request (RFC 9110, section 8.3). */

import { asciiLower, trimWhitespace } from "../text.ts";

export const JSON_ONLY = ["application/json"] as const;
export const MERGE_PATCH = [
  "application/json",
  "application/merge-patch+json",
] as const;

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"; // of RFC 9110
const TEXT = "[\\t \\x21\\x23-\\x5B\\x5D-\\x7E\\x80-\\u{10FFFF}]";
const QUOTED = `"(?:${TEXT}|\\\\[\\t \\x21-\\x7E\\x80-\\u{10FFFF}])*"`;
const PARAMETER = `(${TOKEN})=(${TOKEN}|${QUOTED})`;
// White space stands either before a semicolon or before a parameter, never where it
// could be both: so a long value that does not fit is refused in linear time.
const MEDIA_TYPE = new RegExp(
  `^(${TOKEN}/${TOKEN})((?:[ \\t]*;(?:[ \\t]*${PARAMETER})?)*)$`,
  "u",
);
const PARAMETERS = new RegExp(`;[ \\t]*${PARAMETER}`, "gu");
const QUOTED_PAIR = /\\(.)/gsu;

/**
 * Tell whether a Content-Type is one of `supported`, in UTF-8.
 *
 * A comma means that two headers were joined, whichever of them was meant.
 */
export function isSupported(
  value: string | null,
  supported: readonly string[],
): boolean {
  if (value === null || value.includes(",")) return false;
  if (supported.includes(value)) return true; // as nearly everyone sends it
  const [, type, parameters = ""] = MEDIA_TYPE.exec(trimWhitespace(value)) ?? [];
  if (type === undefined || !supported.includes(asciiLower(type))) return false;
  return [...parameters.matchAll(PARAMETERS)]
    .filter(([, name = ""]) => asciiLower(name) === "charset")
    .every(([, , charset = ""]) => asciiLower(unquoted(charset)) === "utf-8");
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  return value.slice(1, -1).replace(QUOTED_PAIR, "$1");
}
