/** Entity tags. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedRequest } from "../../../handlers/typescript/shared/errors.ts";
import { readEntityTags } from "../../../handlers/typescript/shared/etags.ts";

const BAD = ["", ",", " , ", "1", '"1', '"1" "2"', '*, "1"', 'w/"1"', 'W/ "1"', '"é"'];

for (const value of [...BAD, '"1"\n', '"a b"', '"1";', "*\u00a0"]) {
  test(`${JSON.stringify(value)} is malformed`, () => {
    assert.throws(() => readEntityTags(value), MalformedRequest);
  });
}

test("a strong tag matches both ways, a weak one only weakly, and each only its version", () => {
  const tags = readEntityTags('\t"1" ,, W/"2", "x,y" ');
  assert.equal(tags.matchStrongly(1), true);
  assert.equal(tags.matchStrongly(2), false);
  assert.equal(tags.matchWeakly(1), true);
  assert.equal(tags.matchWeakly(2), true);
  assert.equal(tags.matchWeakly(3), false);
});

test("an asterisk matches every version", () => {
  assert.equal(readEntityTags(" * ").matchStrongly(7), true);
});

test("a long invalid value is refused in linear time", () => {
  const started = performance.now();
  assert.throws(() => readEntityTags(`"1"${" \t".repeat(30_000)}x`), MalformedRequest);
  assert.throws(() => readEntityTags(`${'"1", '.repeat(12_000)}x`), MalformedRequest);
  assert.ok(performance.now() - started < 500);
});
