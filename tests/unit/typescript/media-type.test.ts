/** The Content-Types that are read. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isSupported,
  JSON_ONLY,
  MERGE_PATCH,
} from "../../../handlers/typescript/shared/http/media-type.ts";

const GOOD = [
  "application/json",
  "\tApplication/JSON ",
  "application/json;",
  "application/json ; ;x=y;",
  "application/json; charset=utf-8",
  'application/json;CHARSET="Utf-8"',
  'application/json; charset="ut\\f-8"',
  'application/json; x="é;\\"="',
];

for (const value of GOOD) {
  test(`${JSON.stringify(value)} is supported`, () => {
    assert.equal(isSupported(value, JSON_ONLY), true);
  });
}

const BAD = [
  null,
  "",
  "application",
  "text/json",
  "application/json x",
  "application/json; x",
  "application/json; x = y",
  "application/json; charset=latin1",
  "application/json; charset=utf-8; charset=x",
  "application/json, application/json",
  'application/json; x="a,b"',
  "application/json\n",
  "application/j\u017fon",
  "application/json;\u00a0x=y",
  'application/json; x="\\',
  "application/merge-patch+json",
];

for (const value of BAD) {
  test(`${JSON.stringify(value)} is not supported`, () => {
    assert.equal(isSupported(value, JSON_ONLY), false);
  });
}

test("PATCH also accepts a merge patch", () => {
  assert.equal(isSupported("application/merge-patch+json", MERGE_PATCH), true);
});
