/** Bodies and their faults. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ASSET_CREATE,
  ASSET_PATCH,
} from "../../../handlers/typescript/assets/bodies.ts";
import { ValidationFailed } from "../../../handlers/typescript/shared/errors.ts";
import { readJson } from "../../../handlers/typescript/shared/json-reader.ts";
import { type Body, readBody } from "../../../handlers/typescript/shared/validation.ts";
import { USER_CREATE, USER_PATCH } from "../../../handlers/typescript/users/bodies.ts";
import { NOW } from "./support.ts";

const TEN_YEARS_MS = 315_360_000_000;
const ADA = { email: "ada@example.com", name: "Ada" };
const FILE = { fileName: "a.png", contentType: "image/png", size: 3 };

function faults<Model>(body: Body<Model>, text: string): string[] {
  try {
    readBody(body, readJson(Buffer.from(text)), NOW);
  } catch (error) {
    assert.ok(error instanceof ValidationFailed);
    return error.faults.map(({ location, code }) => `${location} ${code}`);
  }
  return [];
}

const USERS: [fields: object, faults: string[]][] = [
  [{}, []],
  [{ name: "𝒜".repeat(100) }, []],
  [{ name: "𝒜".repeat(101) }, ["/name maxLength"]],
  [{ name: "" }, ["/name minLength"]],
  [{ name: "\u0000" }, []],
  [{ name: null, department: null }, ["/department type", "/name type"]],
  [{ email: `${"a".repeat(300)}` }, ["/email maxLength"]],
  [{ email: "ada@example.com\n" }, ["/email pattern"]],
  [{ email: "\u212ada@example.com" }, ["/email pattern"]],
  [{ expiresAt: NOW + 59_999 }, ["/expiresAt minimum"]],
  [{ expiresAt: NOW + 60_000 }, []],
  [{ expiresAt: NOW + TEN_YEARS_MS }, []],
  [{ expiresAt: NOW + TEN_YEARS_MS + 1 }, ["/expiresAt maximum"]],
  [{ expiresAt: -1 }, ["/expiresAt minimum"]],
  [{ expiresAt: 1.5 }, ["/expiresAt type"]],
  [{ expiresAt: "1" }, ["/expiresAt type"]],
  [{ expiresAt: null }, ["/expiresAt type"]],
  [{ "a/b": 1, "~": 1 }, ["/a~1b additionalProperties", "/~0 additionalProperties"]],
  [
    { "\u{10000}": 1, "\uff5e": 1 },
    ["/\uff5e additionalProperties", "/\u{10000} additionalProperties"],
  ],
];

for (const [fields, expected] of USERS) {
  const text = JSON.stringify({ ...ADA, ...fields });
  test(`${text.slice(0, 60)} has the faults [${expected}]`, () => {
    assert.deepEqual(faults(USER_CREATE, text), expected);
  });
}

test("a field that every object inherits is unknown like any other", () => {
  const text = '{"__proto__":{"name":"x"},"constructor":1,"toString":2}';
  assert.deepEqual(faults(USER_CREATE, text), [
    "/__proto__ additionalProperties",
    "/constructor additionalProperties",
    "/email required",
    "/name required",
    "/toString additionalProperties",
  ]);
});

for (const text of ["null", "[]", "1", '"x"', "true"]) {
  test(`${text} is not the body of any operation`, () => {
    assert.deepEqual(faults(USER_CREATE, text), [" type"]);
    assert.deepEqual(faults(USER_PATCH, text), [" type"]);
    assert.deepEqual(faults(ASSET_PATCH, text), [" type"]);
  });
}

test("a patch may remove only optional fields", () => {
  assert.deepEqual(faults(USER_PATCH, '{"department":null,"expiresAt":null}'), []);
  assert.deepEqual(faults(USER_PATCH, '{"email":null,"name":null}'), [
    "/email type",
    "/name type",
  ]);
  assert.deepEqual(faults(USER_PATCH, `{"expiresAt":${NOW}}`), ["/expiresAt minimum"]);
});

test("an email is converted to lower case, and fields that were not sent are absent", () => {
  const patch = readBody(USER_PATCH, { email: "ADA@Example.COM" }, NOW);
  assert.deepEqual(patch, { email: "ada@example.com" });
});

const ASSETS: [fields: object, faults: string[]][] = [
  [{}, []],
  [{ fileName: `${"a".repeat(246)}𝒜` }, []],
  [{ fileName: `${"a".repeat(247)}𝒜` }, ["/fileName maxLength"]],
  [{ fileName: "字".repeat(85) }, []],
  [{ fileName: "𝒜".repeat(64) }, ["/fileName maxLength"]],
  [{ fileName: `/${"字".repeat(85)}` }, ["/fileName maxLength"]],
  [{ fileName: "a\u202Eb" }, ["/fileName pattern"]],
  [{ fileName: "." }, ["/fileName pattern"]],
  [{ fileName: ".." }, ["/fileName pattern"]],
  [{ fileName: "..." }, []],
  [{ fileName: ".a" }, []],
  [{ fileName: "a/b" }, ["/fileName pattern"]],
  [{ fileName: "a\u0085" }, ["/fileName pattern"]],
  [{ fileName: "a\u2028" }, ["/fileName pattern"]],
  [{ fileName: "a\n" }, ["/fileName pattern"]],
  [{ size: 0 }, ["/size minimum"]],
  [{ size: 5_368_709_121 }, ["/size maximum"]],
  [{ contentType: "image/png\n" }, ["/contentType pattern"]],
  [{ checksumSha256: null }, ["/checksumSha256 type"]],
];

for (const [fields, expected] of ASSETS) {
  const text = JSON.stringify({ ...FILE, ...fields });
  test(`${text.slice(0, 60)} has the faults [${expected}]`, () => {
    assert.deepEqual(faults(ASSET_CREATE, text), expected);
  });
}
