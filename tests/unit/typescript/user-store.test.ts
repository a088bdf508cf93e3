/** Users in DynamoDB: refused writes, and writes that meet their own earlier result. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Table } from "../../../handlers/typescript/shared/aws/table.ts";
import { EmailTaken } from "../../../handlers/typescript/users/errors.ts";
import { DynamoUserStore } from "../../../handlers/typescript/users/store.ts";
import {
  type Attributes,
  awsError,
  clock,
  ID,
  OTHER_ID,
  refused,
  Scripted,
  user,
} from "./support.ts";

const KEY = { key: "k", bodySha256: "0".repeat(64) };

function users(...answers: unknown[]): { store: DynamoUserStore; client: Scripted } {
  const client = new Scripted(answers);
  return {
    store: new DynamoUserStore(new Table(client.dynamodb, "t", "userId"), 4),
    client,
  };
}

test("a live guard reserves its email even without a user", async () => {
  const { store } = users(refused(1, { owner: { S: OTHER_ID } }));
  await assert.rejects(store.create(user(), null, clock()), EmailTaken);
});

test("a creation sent twice succeeds twice", async () => {
  const { store } = users(refused(1, { owner: { S: ID } }));
  assert.equal(await store.create(user(), null, clock()), null);
});

test("a key is checked before the email", async () => {
  const first = { recordId: { S: OTHER_ID }, bodySha256: { S: KEY.bodySha256 } };
  const { store } = users(refused(0, first));
  assert.deepEqual(await store.create(user(), KEY, clock()), {
    key: KEY,
    recordId: OTHER_ID,
  });
});

test("a taken email is refused with an idempotency key too", async () => {
  const { store } = users(refused(2, { owner: { S: OTHER_ID } }));
  await assert.rejects(store.create(user(), KEY, clock()), EmailTaken);
});

test("a change of other fields does not touch the guard", async () => {
  const { store, client } = users();
  assert.equal(await store.replace(user(), user({ name: "B" }), clock()), true);
  assert.deepEqual(
    client.sent.map((sent) => sent.name),
    ["PutItemCommand"],
  );
});

test("a change of an outdated user is not written", async () => {
  const other = { writeId: { S: "1".repeat(32) }, version: { N: "2" } };
  const lost = awsError("ConditionalCheckFailedException", 400, { Item: other });
  assert.equal(await users(lost).store.replace(user(), user(), clock()), false);
});

test("a change sent twice succeeds twice", async () => {
  const own = { writeId: { S: user().writeId }, version: { N: "2" } };
  const done = awsError("ConditionalCheckFailedException", 400, { Item: own });
  assert.equal(await users(done).store.replace(user(), user(), clock()), true);
});

test("a guard that another user owns is not deleted", async () => {
  const { store, client } = users(refused(1, { owner: { S: OTHER_ID } }));
  assert.equal(await store.delete(user(), clock()), true);
  assert.deepEqual(
    client.sent.map((sent) => sent.name),
    ["TransactWriteItemsCommand", "DeleteItemCommand"],
  );
});

test("users with an email are found on all pages of the index", async () => {
  const item = { ...itemOf(), name: { S: "B" } };
  const { store } = users(
    { Items: [itemOf()], LastEvaluatedKey: { userId: { S: ID } } },
    { Items: [item] },
  );
  const found = await store.withEmail("ada@example.com", clock());
  assert.deepEqual(
    found.map(({ name }) => name),
    ["Ada", "B"],
  );
});

function itemOf(): Attributes {
  return {
    userId: { S: ID },
    email: { S: "ada@example.com" },
    name: { S: "Ada" },
    createdAt: { N: "1" },
    updatedAt: { N: "1" },
    version: { N: "1" },
    writeId: { S: "0".repeat(32) },
  };
}
