/** Ids, and the shards that they determine. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isUlid,
  listShard,
  newUlid,
  newWriteId,
  ulidTime,
} from "../../../handlers/typescript/shared/ids.ts";
import { ID, NOW } from "./support.ts";

test("a new id is a ULID of the given time", () => {
  const id = newUlid(NOW);
  assert.ok(isUlid(id));
  assert.equal(ulidTime(id), NOW);
  assert.notEqual(newUlid(NOW), id);
});

test("the largest time of 48 bits fits into an id", () => {
  assert.equal(ulidTime(newUlid(2 ** 48 - 1)), 2 ** 48 - 1);
});

for (const text of [ID.toLowerCase(), `${ID}\n`, `8${ID.slice(1)}`, "", `${ID}0`]) {
  test(`${JSON.stringify(text)} is not an id`, () => {
    assert.equal(isUlid(text), false);
  });
}

test("I, L, O and U are not digits of an id", () => {
  assert.deepEqual(
    ["I", "L", "O", "U"].map((digit) => isUlid(ID.slice(1) + digit)),
    [false, false, false, false],
  );
});

test("the shard is the value of the last character", () => {
  assert.equal(listShard(`${ID.slice(0, -1)}Z`, 4), 3);
  assert.equal(listShard(`${ID.slice(0, -1)}Z`, 32), 31);
  assert.equal(listShard(`${ID.slice(0, -1)}H`, 16), 1);
});

test("a write id is 32 hexadecimal digits", () => {
  assert.match(newWriteId(), /^[0-9a-f]{32}$/);
});
