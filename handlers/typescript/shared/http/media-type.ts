/** The Content-Type of a request (RFC 9110, section 8.3). */

import { asciiLower, trimWhitespace } from "../text.ts";

export type MediaTypes = readonly string[];
export const NO_BODY: MediaTypes = [];
export const JSON_ONLY: MediaTypes = ["application/json"];
export const MERGE_PATCH: MediaTypes = [
  "application/json",
  "application/merge-patch+json",
];

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"; // of RFC 9110
// All characters but controls and, if not escaped, the quote and the backslash.
const NO_TEXT = String.raw`\x00-\x08\x0A-\x1F\x7F`;
const QUOTED = String.raw`"(?:[^"\\${NO_TEXT}]|\\[^${NO_TEXT}])*"`;
const PARAMETER = `(${TOKEN})=(${TOKEN}|${QUOTED})`;
// White space can match only before a semicolon or before a parameter, never both at
// one position. So a long value that does not match is refused in linear time.
const MEDIA_TYPE = new RegExp(
  `^(${TOKEN}/${TOKEN})((?:[ \\t]*;(?:[ \\t]*${PARAMETER})?)*)$`,
  "u",
);
const PARAMETERS = new RegExp(`;[ \\t]*${PARAMETER}`, "gu");
const QUOTED_PAIR = /\\(.)/gsu;

/**
 * Return whether a Content-Type is one of `supported`, in UTF-8.
 *
 * A comma means that two headers were joined; such a value is refused.
 */
export function isSupported(value: string | null, supported: MediaTypes): boolean {
  if (value === null || value.includes(",")) return false;
  if (supported.includes(value)) return true; // the usual spelling, without parsing
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
