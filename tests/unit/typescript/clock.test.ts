/** Attempts, and the conditions that end them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { change } from "../../../handlers/typescript/shared/changes.ts";
import { CALL_MS, Deadline } from "../../../handlers/typescript/shared/clock.ts";
import {
  Conflict,
  PreconditionFailed,
  Unavailable,
} from "../../../handlers/typescript/shared/errors.ts";
import { readEntityTags } from "../../../handlers/typescript/shared/etags.ts";
import { deadline, PLENTY_MS } from "./support.ts";

const VERSION = async () => ({ version: 1 });
const LOSE = async () => null;

test("a write that loses each race is tried five times, with growing pauses", async () => {
  const pauses: number[] = [];
  const pause = async (milliseconds: number) => pauses.push(milliseconds);
  const busy = new Deadline(() => PLENTY_MS, pause);
  await assert.rejects(change(VERSION, null, LOSE, busy), Conflict);
  assert.equal(pauses.length, 4);
  assert.ok(pauses.every((pause, number) => pause <= 50 * 2 ** number));
});

test("no attempt starts that might not end in time", async () => {
  const late = deadline(CALL_MS - 1);
  await assert.rejects(change(VERSION, null, LOSE, late), Unavailable);
});

test("a lost race with If-Match is a failed precondition on the new version", async () => {
  let version = 0;
  const find = async () => ({ version: ++version });
  const tags = readEntityTags('"1"');
  await assert.rejects(change(find, tags, LOSE, deadline()), PreconditionFailed);
  assert.equal(version, 2);
});

test("a write that succeeds is returned", async () => {
  assert.equal(
    await change(VERSION, null, async () => "written", deadline()),
    "written",
  );
});
