/** The values of number literals. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  NO_INTEGER,
  readNumber,
} from "../../../handlers/typescript/shared/json-number.ts";

const BEYOND = 2 ** 53;

const CASES: [literal: string, value: number][] = [
  ["0", 0],
  ["-0", 0],
  ["0.0", 0],
  ["0e99", 0],
  ["-0e-99", 0],
  ["1", 1],
  ["-1", -1],
  ["1.0", 1],
  ["10e-1", 1],
  ["0.01e2", 1],
  ["1E+2", 100],
  ["1e00000000000000000002", 100],
  ["1.5", NO_INTEGER],
  ["1e-1", NO_INTEGER],
  ["1e-400", NO_INTEGER],
  ["4503599627370496.5", NO_INTEGER],
  ["9007199254740991", 9007199254740991],
  ["-9007199254740991", -9007199254740991],
  ["9007199254740991.0", 9007199254740991],
  ["9007199254740992", BEYOND],
  ["9007199254740993", BEYOND],
  ["-9007199254740993", -BEYOND],
  ["9999999999999999", BEYOND],
  ["1e400", BEYOND],
  ["-1e400", -BEYOND],
  [`1${"0".repeat(5000)}e-5000`, 1],
  [`0.${"0".repeat(30)}1e31`, 1],
  ["1e99999999999999", BEYOND],
  ["1e-99999999999999", NO_INTEGER],
];

for (const [literal, value] of CASES) {
  test(`${literal.slice(0, 30)} is ${value}`, () => {
    assert.equal(readNumber(literal), value);
  });
}

test("65,536 zeros before another digit are read in linear time", () => {
  const started = performance.now();
  assert.equal(readNumber(`1${"0".repeat(65_000)}1`), BEYOND);
  assert.ok(performance.now() - started < 200);
});
