/** Entity tags of records, and the lists of them in If-Match and If-None-Match. */

import { MalformedRequest } from "./errors.ts";
import { trimWhitespace } from "./text.ts";

const TAG = /(W\/)?("[\x21\x23-\x7E]*")/g;
// White space can match only before a comma or before a tag, never both at one
// position. So a long value that does not match is refused in linear time. Elements may
// be empty (RFC 9110, section 5.6.1).
const ITEM = String.raw`(?:W/)?"[\x21\x23-\x7E]*"`;
const LIST = new RegExp(`^(?:${ITEM})?(?:[ \\t]*,(?:[ \\t]*${ITEM})?)*$`);

/** Return the strong entity tag of a record's version. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** The value of If-Match or If-None-Match: `*`, or strong and weak tags. */
export class EntityTags {
  constructor(
    readonly anything: boolean,
    readonly strong: ReadonlySet<string> = new Set(),
    readonly weak: ReadonlySet<string> = new Set(),
  ) {}

  /** Return whether a tag matches the record, as If-Match compares strongly. */
  matchStrongly(version: number): boolean {
    return this.anything || this.strong.has(etagOf(version));
  }

  /** Return whether a tag matches the record, as If-None-Match compares weakly. */
  matchWeakly(version: number): boolean {
    return this.matchStrongly(version) || this.weak.has(etagOf(version));
  }
}

/**
 * Read the value of a header; throws `MalformedRequest`.
 *
 * Empty elements are allowed, as RFC 9110 requires; an empty list is not.
 */
export function readEntityTags(value: string): EntityTags {
  const text = trimWhitespace(value);
  if (text === "*") return new EntityTags(true);
  if (!LIST.test(text)) throw new MalformedRequest();
  const strong = new Set<string>();
  const weak = new Set<string>();
  for (const [, prefix, tag = ""] of text.matchAll(TAG)) {
    (prefix === undefined ? strong : weak).add(tag);
  }
  if (strong.size + weak.size === 0) throw new MalformedRequest();
  return new EntityTags(false, strong, weak);
}
