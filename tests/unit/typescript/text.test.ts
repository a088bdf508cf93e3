/** Text by ASCII rules, and in bytes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { contentDisposition } from "../../../handlers/typescript/assets/objects.ts";
import { ttlSeconds } from "../../../handlers/typescript/shared/expiry.ts";
import { listed } from "../../../handlers/typescript/shared/faults.ts";
import {
  asciiLower,
  inByteOrder,
  trimWhitespace,
} from "../../../handlers/typescript/shared/text.ts";

test("only A to Z are changed to lower case", () => {
  assert.equal(asciiLower("AZaz\u0130\u212a\u00c0"), "azaz\u0130\u212a\u00c0");
});

test("only spaces and tabs are trimmed", () => {
  assert.equal(trimWhitespace(" \t\u00a0a b\n\t "), "\u00a0a b\n");
  assert.equal(trimWhitespace(" \t "), "");
});

test("U+FF5E is before U+10000, as in UTF-8 but not in UTF-16", () => {
  assert.deepEqual(["\u{10000}", "\uff5e", "a"].sort(inByteOrder), [
    "a",
    "\uff5e",
    "\u{10000}",
  ]);
});

test("the first hundred faults by bytes are listed", () => {
  const faults = Array.from({ length: 101 }, (_, number) => ({
    location: `/${String(200 - number)}`,
    code: "type",
  }));
  const locations = listed(faults).map((fault) => fault.location);
  assert.equal(locations.length, 100);
  assert.equal(locations[0], "/100");
  assert.equal(locations[99], "/199");
});

test("only the characters of RFC 8187 in a file name are not encoded", () => {
  assert.equal(
    contentDisposition("aZ09!#$&+-.^_`|~ '()*%日"),
    "attachment; filename*=UTF-8''aZ09!#$&+-.^_`|~%20%27%28%29%2A%25%E6%97%A5",
  );
});

test("the ttl is rounded up exactly, even for the largest time", () => {
  assert.equal(ttlSeconds(null), null);
  assert.equal(ttlSeconds(1000), 1);
  assert.equal(ttlSeconds(1001), 2);
  assert.equal(ttlSeconds(9_007_199_254_740_001), 9_007_199_254_741);
});
