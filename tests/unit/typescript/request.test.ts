/** Events as requests. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  MalformedRequest,
  PayloadTooLarge,
} from "../../../handlers/typescript/shared/errors.ts";
import {
  type Request,
  readRequest,
  requestIdOf,
} from "../../../handlers/typescript/shared/http/request.ts";

function request(fields: object = {}): Request {
  return readRequest({ routeKey: "GET /x", requestContext: { http: {} }, ...fields });
}

const NO_EVENTS = [
  null,
  "x",
  [],
  {},
  { routeKey: "GET /x" },
  { routeKey: "GET /x", requestContext: {} },
  { routeKey: "GET /x", requestContext: { http: [] } },
  { routeKey: 1, requestContext: { http: {} } },
  { routeKey: "GET /x", requestContext: { http: {} }, headers: { x: null } },
  { routeKey: "GET /x", requestContext: { http: {} }, pathParameters: { id: null } },
];

for (const event of NO_EVENTS) {
  test(`${JSON.stringify(event)} is not an event of an HTTP API`, () => {
    assert.throws(() => readRequest(event), MalformedRequest);
  });
}

test("header names are read in any case, and repeats are joined in order", () => {
  const { headers } = request({ headers: { "If-Match": '"1"', "IF-MATCH": ' "2"' } });
  assert.deepEqual([...headers], [["if-match", '"1", "2"']]);
});

test("a body without base64 is its bytes in UTF-8", () => {
  assert.equal(request({ body: "é" }).byteCount(), 2);
});

test("a lone surrogate is three bytes that are not UTF-8", () => {
  const data = request({ body: "a\ud800\u{1f600}" }).bodyBytes();
  assert.equal(data.toString("hex"), "61eda080f09f9880");
});

for (const body of ["QQ", "QR==", "QQ==\n", "Q Q==", "QQ==QQ==", "-_-_", "QQ=", "="]) {
  test(`${JSON.stringify(body)} is not valid base64, and its size is that of the text`, () => {
    const broken = request({ body, isBase64Encoded: true });
    assert.throws(() => broken.bodyBytes(), MalformedRequest);
    assert.equal(broken.byteCount(), body.length);
  });
}

test("65,536 bytes are read, one more is too large", () => {
  assert.equal(request({ body: "x".repeat(65_536) }).boundedBytes().length, 65_536);
  const large = request({ body: "x".repeat(65_537) });
  assert.throws(() => large.boundedBytes(), PayloadTooLarge);
});

test("the gateway's id of the request is read, an empty one is null", () => {
  assert.equal(requestIdOf({ requestContext: { requestId: "r" } }), "r");
  assert.equal(requestIdOf({ requestContext: { requestId: "" } }), null);
  assert.equal(requestIdOf("x"), null);
});
