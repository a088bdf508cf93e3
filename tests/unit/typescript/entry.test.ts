/** The entry: every event gets a response, and the log lines of it. */

import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { Unavailable } from "../../../handlers/typescript/shared/errors.ts";
import { Entry } from "../../../handlers/typescript/shared/http/entry.ts";
import { ok } from "../../../handlers/typescript/shared/http/response.ts";
import { Route } from "../../../handlers/typescript/shared/http/route.ts";
import { CONTEXT, event, logged } from "./events.ts";
import { ID } from "./support.ts";

function entry(respond: () => never | Promise<never> = unforeseen): Entry<null> {
  return new Entry(
    "userId",
    new Map([
      ["GET /users/{userId}", new Route("getUser", respond)],
      ["GET /health", new Route("getHealth", async () => ok({ é: 1 }))],
    ]),
    null,
  );
}

function unforeseen(): never {
  throw new TypeError("ada@example.com\n    at lie (lie.js:1:1)");
}

async function unavailable(): Promise<never> {
  await Promise.resolve();
  throw new Unavailable("ThrottlingException");
}

test("an unforeseen exception is a 500 without details", async (context) => {
  const lines = logged(context);
  const answer = await entry().answer(event("GET /users/{userId}"), CONTEXT);
  assert.deepEqual(answer, {
    statusCode: 500,
    headers: {
      "content-type": "application/problem+json",
      "x-request-id": "gateway",
      "cache-control": "no-store",
    },
    body: '{"type":"urn:problem:internal","title":"The service failed","status":500}',
  });
  const [fault, request, metrics] = lines;
  assert.equal(fault?.["fault"], "TypeError");
  assert.equal(fault?.["level"], "error");
  assert.equal(request?.["userId"], ID);
  assert.equal(metrics?.["ServerFaults"], 1);
  assert.equal(JSON.stringify(lines).includes("ada@"), false);
  assert.equal(JSON.stringify(lines).includes("lie.js"), false);
});

test("a fault line has the frames of the error, the innermost last", async (context) => {
  const lines = logged(context);
  await entry().answer(event("GET /users/{userId}"), CONTEXT);
  const at = lines[0]?.["at"] as string[];
  assert.match(at.at(-1) ?? "", /^[A-Za-z0-9_.-]+:[0-9]+ .*unforeseen$/);
  assert.ok(at.some((frame) => frame.includes("Entry.answer")));
});

test("a fault is written to the developer's descriptor", async (context) => {
  const lines = logged(context);
  const file = join(mkdtempSync(join(tmpdir(), "trace-")), "trace");
  const descriptor = openSync(file, "w");
  const users = entry(() => {
    throw new Unavailable("SlowDown", { cause: new Error("ada refused \udc00") });
  });
  await users.answer(event("GET /users/{userId}"), CONTEXT);
  process.env["DEVELOPER_TRACE_FD"] = String(descriptor);
  await users.answer(event("GET /users/{userId}"), CONTEXT);
  await users.answer(event("GET /users/{userId}", "x"), CONTEXT);
  delete process.env["DEVELOPER_TRACE_FD"];
  closeSync(descriptor);

  const shown = readFileSync(file, "utf8");
  rmSync(dirname(file), { recursive: true });
  assert.match(shown, /^Unavailable: SlowDown\n {4}at /);
  assert.match(shown, /\[cause\]: Error: ada refused \ufffd\n {6}at /);
  assert.equal(shown.match(/SlowDown\n/g)?.length, 1);
  const [unseen, , , seen] = lines;
  assert.deepEqual(
    { ...seen, timestamp: 0, at: [] },
    { ...unseen, timestamp: 0, at: [] },
  );
});

test("unreachable AWS is a 503 with Retry-After", async (context) => {
  const lines = logged(context);
  const answer = await entry(unavailable).answer(event("GET /users/{userId}"), CONTEXT);
  assert.ok("headers" in answer);
  assert.equal(answer.statusCode, 503);
  assert.equal(answer.headers["retry-after"], "1");
  assert.equal(lines[0]?.["code"], "ThrottlingException");
  assert.deepEqual(
    lines.slice(0, 2).map((line) => line["level"]),
    ["warn", "warn"],
  );
});

test("an invalid id is a 404 and is not logged", async (context) => {
  const lines = logged(context);
  const answer = await entry().answer(event("GET /users/{userId}", "x"), CONTEXT);
  assert.ok("statusCode" in answer && answer.statusCode === 404);
  assert.deepEqual(Object.keys(lines[0] ?? {}).includes("userId"), false);
});

test("only the first event is a cold start", async (context) => {
  const lines = logged(context);
  const users = entry();
  await users.answer(event("GET /health"), CONTEXT);
  await users.answer(event("GET /health"), CONTEXT);
  assert.deepEqual(
    lines.filter((line) => "coldStart" in line).map((line) => line["coldStart"]),
    [true, false],
  );
  assert.equal(lines[0]?.["responseBytes"], Buffer.byteLength('{"é":1}'));
});

test("an event without the gateway's request id has that of the invocation", async (context) => {
  logged(context);
  const answer = await entry().answer({}, CONTEXT);
  assert.ok("headers" in answer);
  assert.equal(answer.statusCode, 400);
  assert.equal(answer.headers["x-request-id"], "invocation");
});

test("only the exact input of the warming rule is a warming event", async (context) => {
  const lines = logged(context);
  const users = entry();
  assert.deepEqual(await users.answer({ warming: true }, CONTEXT), { warmed: true });
  assert.equal(lines.length, 1);
  const others = [{ warming: 1 }, { warming: true, more: 1 }, [true]];
  for (const other of others) {
    assert.ok("statusCode" in (await users.answer(other, CONTEXT)));
  }
});
