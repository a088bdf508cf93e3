/** The texts that are read as JSON, and those that are refused. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedRequest } from "../../../handlers/typescript/shared/errors.ts";
import { readJson } from "../../../handlers/typescript/shared/json-reader.ts";

function read(text: string): unknown {
  return readJson(Buffer.from(text));
}

const REFUSED = [
  "",
  " ",
  "NaN",
  "Infinity",
  "-Infinity",
  "[1,]",
  "{'a':1}",
  '{"a":1,}',
  "01",
  "-01",
  "+1",
  ".5",
  "1.",
  "1e",
  "1e+",
  "-",
  "--1",
  "0x10",
  "1_0",
  "1 2",
  "1-2",
  "[1]//",
  "[1/**/]",
  "\u00a0[1]",
  "\ufeff[1]",
  '"\u0001"',
  '"\\x41"',
  '"\\u12"',
  '"\\ud800"',
  '"\\udc00"',
  '"\\ud800\\ud800"',
  '"\\ude00\\ud83d"',
  '{"\\ud800":1}',
  '{"a":"\\ud800","a":1}',
  "[".repeat(33) + "]".repeat(33),
  `${'{"a":'.repeat(33)}1${"}".repeat(33)}`,
  "[".repeat(60_000),
];

for (const text of REFUSED) {
  test(`${JSON.stringify(text.slice(0, 30))} is refused`, () => {
    assert.throws(() => read(text), MalformedRequest);
  });
}

const NOT_UTF_8 = [
  [0x22, 0xff, 0x22],
  [0x22, 0xc0, 0xaf, 0x22],
  [0x22, 0xed, 0xa0, 0x80, 0x22],
  [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22],
  [0x22, 0xe2, 0x82, 0x22],
];

for (const data of NOT_UTF_8) {
  test(`${Buffer.from(data).toString("hex")} is not UTF-8`, () => {
    assert.throws(() => readJson(Buffer.from(data)), MalformedRequest);
  });
}

const READ: [text: string, value: unknown][] = [
  [" \t\r\n[1] \n", [1]],
  ["[1.0,1e3,-0,1e400,1.5]", [1, 1000, 0, 2 ** 53, 0.5]],
  ['{"a":1,"a":2}', { a: 2 }],
  ['"1e400 \\" 1.0 \\\\"', '1e400 " 1.0 \\'],
  ['"\\ud83d\\ude00"', "😀"],
  ['"\\\\ud800"', "\\ud800"],
  ['"\\u0000\u2028\u007f"', "\u0000\u2028\u007f"],
  ['{"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}', { a: "[".repeat(36) }],
];

for (const [text, value] of READ) {
  test(`${JSON.stringify(text)} is read`, () => {
    assert.deepEqual(read(text), value);
  });
}

test("32 levels are read", () => {
  assert.ok(read("[".repeat(32) + "]".repeat(32)));
});

test("a member named __proto__ is read like any other", () => {
  const value = read('{"__proto__":{"email":"x"}}') as object;
  assert.deepEqual(Object.keys(value), ["__proto__"]);
  assert.equal("email" in value, false);
});
