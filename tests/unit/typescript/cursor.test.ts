/** Valid cursors, and every kind of invalid one. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeCursor,
  encodeCursor,
} from "../../../handlers/typescript/shared/cursor.ts";
import { InvalidCursor } from "../../../handlers/typescript/shared/errors.ts";
import { ID, NOW } from "./support.ts";

const CURSOR = "MTc3MTAwMDAwMDAwMC4wMUtIQlg2VkcwMDAwMDAwMDAwMDAwMDAwMA";

function encoded(text: string): string {
  return Buffer.from(text).toString("base64url");
}

test("a cursor is the position in base64url", () => {
  assert.equal(encodeCursor({ createdAt: NOW, recordId: ID }), CURSOR);
  assert.deepEqual(decodeCursor(CURSOR), { createdAt: NOW, recordId: ID });
});

for (const position of [
  { createdAt: 0, recordId: "0".repeat(26) },
  { createdAt: 2 ** 48 - 1, recordId: `7ZZZZZZZZZ${"Z".repeat(16)}` },
  { createdAt: 1, recordId: "0000000001ABCDEFGHJKMNPQRS" },
]) {
  test(`every position survives encoding and decoding: ${position.createdAt}`, () => {
    assert.deepEqual(decodeCursor(encodeCursor(position)), position);
  });
}

for (const cursor of [
  "",
  "A",
  "=",
  `${CURSOR}=`,
  `${CURSOR}\n`,
  CURSOR.slice(0, -1),
  `${CURSOR.slice(0, -1)}B`, // an unused bit is set
  `${CURSOR.slice(0, 4)} ${CURSOR.slice(4)}`,
  `${CURSOR.slice(0, 4)}+${CURSOR.slice(5)}`,
  "é".repeat(4),
  "_".repeat(55),
  encoded(`${NOW}`),
  encoded(`${NOW}.`),
  encoded(`${NOW}.${ID}0`),
  encoded(`${NOW}.${ID}\n`),
  encoded(`${NOW}.${ID.toLowerCase()}`),
  encoded(`${NOW}.8${ID.slice(1)}`),
  encoded(`${NOW}.${ID.slice(0, -1)}U`),
  encoded(`${NOW + 1}.${ID}`),
  encoded(`0${NOW}.${ID}`),
  encoded(`-${NOW}.${ID}`),
  encoded(`+${NOW}.${ID}`),
  encoded(`${NOW}.0.${ID}`),
  encoded(`${NOW},${ID}`),
  encoded(`${String(NOW).padStart(16, "0")}.${ID}`),
  encoded(`${"1".repeat(4_000)}.${ID}`),
  encoded(`\u0661.${ID}`),
]) {
  test(`any other text is refused: ${JSON.stringify(cursor.slice(0, 70))}`, () => {
    assert.throws(() => decodeCursor(cursor), InvalidCursor);
  });
}
