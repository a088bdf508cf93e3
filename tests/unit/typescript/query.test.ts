/** Queries. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ASSET_STATUS, type Schema, USER_EMAIL, USER_NAME } from "@contract/schemas";
import { ValidationFailed } from "../../../handlers/typescript/shared/errors.ts";
import {
  limitFault,
  noFault,
  readQuery,
  readSlice,
  textFault,
} from "../../../handlers/typescript/shared/http/query.ts";

const PARAMETERS = new Map([
  ["limit", limitFault],
  ["cursor", noFault],
  ["email", textFault(USER_EMAIL)],
]);

function faults(text: string): Record<string, string> {
  try {
    readQuery(text, PARAMETERS);
  } catch (error) {
    assert.ok(error instanceof ValidationFailed);
    return Object.fromEntries(
      error.faults.map((fault) => [fault.location, fault.code]),
    );
  }
  return {};
}

const CASES: [text: string, faults: Record<string, string>][] = [
  ["", {}],
  ["&&", {}],
  ["limit=1&email=Ada%40example.com", {}],
  ["%6cimit=%31", {}],
  ["limit", { limit: "pattern" }],
  ["limit=01", { limit: "pattern" }],
  ["limit=1%0A", { limit: "pattern" }],
  ["limit=%D9%A3", { limit: "pattern" }],
  ["limit=+1", { limit: "pattern" }],
  ["limit=101", { limit: "maximum" }],
  ["limit=x&limit=1", { limit: "maxItems" }],
  ["x=1&x=2", { x: "additionalProperties" }],
  ["=", { "": "additionalProperties" }],
  ["constructor=1", { constructor: "additionalProperties" }],
  ["__proto__", Object.fromEntries([["__proto__", "additionalProperties"]])],
  ["a+b%26=1", { "a b&": "additionalProperties" }],
  ["%EF%BB%BF", { "\ufeff": "additionalProperties" }],
  ["x=1&limit=%", { "": "pattern" }],
  ["x=%4", { "": "pattern" }],
  ["x=%zz", { "": "pattern" }],
  ["%ED%A0%80=1", { "": "pattern" }],
  ["%C0%80", { "": "pattern" }],
  ["\ud800", { "": "pattern" }],
  [`email=${"%F0%9D%92%9C".repeat(254)}`, { email: "pattern" }],
  [`email=${"%F0%9D%92%9C".repeat(255)}`, { email: "maxLength" }],
  ["email=", { email: "pattern" }],
  ["email=a@b.c%0A", { email: "pattern" }],
];

for (const [text, expected] of CASES) {
  test(`${JSON.stringify(text.slice(0, 40))} has its faults`, () => {
    assert.deepEqual(faults(text), expected);
  });
}

const TEXTS: [schema: Schema, value: string, fault: string | null][] = [
  [ASSET_STATUS, "pending", null],
  [ASSET_STATUS, "Pending", "enum"],
  [USER_NAME, "", "minLength"],
  [USER_NAME, "𝒜".repeat(100), null],
  [USER_NAME, "𝒜".repeat(101), "maxLength"],
  [USER_NAME, "\n", null],
];

for (const [schema, value, fault] of TEXTS) {
  test(`${JSON.stringify(value.slice(0, 20))} as a parameter: ${fault}`, () => {
    assert.equal(textFault(schema)(value), fault);
  });
}

test("without a limit a page has twenty records", () => {
  assert.deepEqual(readSlice(new Map()), { limit: 20, after: null });
});
