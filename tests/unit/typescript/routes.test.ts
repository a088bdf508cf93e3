/** From event to response: every route, with stores in memory. */

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ASSET_ROUTES } from "../../../handlers/typescript/assets/routes.ts";
import { HEALTH_ROUTES } from "../../../handlers/typescript/health/routes.ts";
import { Entry } from "../../../handlers/typescript/shared/http/entry.ts";
import type { Rendered } from "../../../handlers/typescript/shared/http/response.ts";
import { VERSION } from "../../../handlers/typescript/shared/version.ts";
import { USER_ROUTES } from "../../../handlers/typescript/users/routes.ts";
import { CONTEXT, event, logged } from "./events.ts";
import {
  asset,
  ID,
  MemoryAssets,
  MemoryObjects,
  MemoryUsers,
  user,
} from "./support.ts";

/** The routes of both functions with stores in memory. */
class Service {
  readonly users = new MemoryUsers([]);
  readonly assets = new MemoryAssets([]);
  readonly objects = new MemoryObjects();

  constructor(context: TestContext) {
    logged(context);
  }

  async send(
    routeKey: string,
    id = "",
    body: object | null = null,
    more: object = {},
  ): Promise<Rendered> {
    const stores = [this.assets, this.objects] as const;
    const answer = routeKey.includes("/assets")
      ? new Entry("assetId", ASSET_ROUTES, stores)
      : new Entry("userId", USER_ROUTES, this.users);
    const sent = {
      ...event(routeKey),
      pathParameters: { userId: id, assetId: id },
      headers: { "content-type": "application/json" },
      ...(body !== null && { body: JSON.stringify(body) }),
      ...more,
    };
    const response = await answer.answer(sent, CONTEXT);
    assert.ok("statusCode" in response);
    return response;
  }
}

function document(response: Rendered) {
  return JSON.parse(response.body ?? "");
}

test("a user is created, read, changed and deleted", async (context) => {
  const service = new Service(context);
  const body = { email: "ada@example.com", name: "Ada" };
  const created = await service.send("POST /users", "", body);
  const { userId } = document(created);
  assert.equal(created.statusCode, 201);
  assert.deepEqual(created.headers, {
    "content-type": "application/json",
    etag: '"1"',
    location: `/users/${userId}`,
    "x-request-id": "gateway",
    "cache-control": "no-store",
  });
  const found = await service.send("GET /users/{userId}", userId);
  assert.deepEqual(document(found), document(created));
  assert.equal(found.headers["etag"], '"1"');
  const patched = await service.send("PATCH /users/{userId}", userId, { name: "B" });
  assert.equal(document(patched).name, "B");
  const replaced = await service.send("PUT /users/{userId}", userId, body);
  assert.deepEqual([replaced.statusCode, replaced.headers["etag"]], [200, '"3"']);
  assert.deepEqual(await service.send("DELETE /users/{userId}", userId), {
    statusCode: 204,
    headers: { "x-request-id": "gateway", "cache-control": "no-store" },
  });
});

test("an asset is created, read, renamed, fetched and deleted", async (context) => {
  const service = new Service(context);
  const body = { fileName: "a.png", contentType: "image/png", size: 3 };
  const created = await service.send("POST /assets", "", body);
  const { assetId } = document(created);
  assert.equal(created.headers["location"], `/assets/${assetId}`);
  const early = await service.send("GET /assets/{assetId}/download", assetId);
  assert.equal(document(early).type, "urn:problem:asset-not-uploaded");
  service.objects.objects.set(`assets/${assetId}/a.png`, 3);
  const found = await service.send("GET /assets/{assetId}", assetId);
  assert.deepEqual(
    [document(found).status, found.headers["etag"]],
    ["uploaded", '"2"'],
  );
  const name = { fileName: "b" };
  const renamed = await service.send("PATCH /assets/{assetId}", assetId, name);
  assert.equal(document(renamed).fileName, "b");
  const download = await service.send("GET /assets/{assetId}/download", assetId);
  assert.ok(document(download).url.endsWith("?as=b"));
  assert.equal("etag" in download.headers, false);
  const query = { rawQueryString: "status=uploaded" };
  const { items } = document(await service.send("GET /assets", "", null, query));
  assert.deepEqual([items.length, items[0].assetId], [1, assetId]);
  const deleted = await service.send("DELETE /assets/{assetId}", assetId);
  assert.equal(deleted.statusCode, 204);
});

test("pages are linked by cursors", async (context) => {
  const service = new Service(context);
  for (const number of [0, 1, 2]) {
    await service.send("POST /users", "", { email: `u${number}@x.com`, name: "U" });
  }
  const list = async (rawQueryString: string) =>
    document(await service.send("GET /users", "", null, { rawQueryString }));
  const page = await list("limit=2");
  assert.equal(page.items.length, 2);
  const rest = await list(`limit=2&cursor=${page.nextCursor}`);
  assert.deepEqual([rest.items.length, "nextCursor" in rest], [1, false]);
  const mine = await list("email=U1%40X.com");
  assert.deepEqual([mine.items.length, mine.items[0].email], [1, "u1@x.com"]);
});

for (const route of ["GET /users/{userId}", "GET /assets/{assetId}"]) {
  test(`a record that the client has is a 304: ${route}`, async (context) => {
    const service = new Service(context);
    service.users.keep(user());
    service.assets.keep(asset({ expiresAt: 2 ** 45, status: "uploaded" }));
    const statuses = ["*", 'W/"1"', '"2"'].map(async (tags) => {
      const headers = { "If-None-Match": tags };
      const response = await service.send(route, ID, null, { headers });
      assert.equal(response.headers["etag"], '"1"');
      return response.statusCode;
    });
    assert.deepEqual(await Promise.all(statuses), [304, 304, 200]);
  });
}

test("health has the version and the implementation", async (context) => {
  logged(context);
  const health = new Entry("userId", HEALTH_ROUTES, null);
  const answer = await health.answer(event("GET /health"), CONTEXT);
  assert.ok("statusCode" in answer);
  assert.deepEqual(document(answer), {
    status: "ok",
    version: VERSION,
    implementation: "typescript",
  });
});
