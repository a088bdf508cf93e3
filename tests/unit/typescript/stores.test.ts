/** Stores: who was refused by what, and what a write's own traces mean. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { DynamoAssetStore } from "../../../handlers/typescript/assets/store.ts";
import { Table } from "../../../handlers/typescript/shared/aws/table.ts";
import { EmailTaken } from "../../../handlers/typescript/users/errors.ts";
import { DynamoUserStore } from "../../../handlers/typescript/users/store.ts";
import { asset, awsError, ID, moment, OTHER_ID, Scripted, user } from "./support.ts";

const KEY = { key: "k", bodySha256: "0".repeat(64) };

type Attributes = Record<string, { S: string } | { N: string }>;

/** A transaction whose write at `index` met `item`. */
function refused(index: number, item: Attributes): Error {
  const reasons = Array.from({ length: index + 1 }, (_, number) =>
    number === index
      ? { Code: "ConditionalCheckFailed", Item: item }
      : { Code: "None" },
  );
  return awsError("TransactionCanceledException", 400, {
    CancellationReasons: reasons,
  });
}

function users(...answers: unknown[]): { store: DynamoUserStore; client: Scripted } {
  const client = new Scripted(answers);
  return {
    store: new DynamoUserStore(new Table(client.dynamodb, "t", "userId"), 4),
    client,
  };
}

function assets(...answers: unknown[]): DynamoAssetStore {
  return new DynamoAssetStore(
    new Table(new Scripted(answers).dynamodb, "t", "assetId"),
    4,
  );
}

test("another's guard means that the address is taken", async () => {
  const { store } = users(refused(1, { owner: { S: OTHER_ID } }));
  await assert.rejects(store.create(user(), null, moment()), EmailTaken);
});

test("an own guard means that the write was done before", async () => {
  const { store } = users(refused(1, { owner: { S: ID } }));
  assert.equal(await store.create(user(), null, moment()), null);
});

test("a key that was used tells of its first use, before any guard", async () => {
  const first = { recordId: { S: OTHER_ID }, bodySha256: { S: KEY.bodySha256 } };
  const { store } = users(refused(0, first));
  assert.deepEqual(await store.create(user(), KEY, moment()), {
    key: KEY,
    recordId: OTHER_ID,
  });
});

test("a guard under a key is still a guard", async () => {
  const { store } = users(refused(2, { owner: { S: OTHER_ID } }));
  await assert.rejects(store.create(user(), KEY, moment()), EmailTaken);
});

test("a change of neither address nor expiry is one write", async () => {
  const { store, client } = users();
  assert.equal(await store.replace(user(), user({ name: "B" }), moment()), true);
  assert.deepEqual(
    client.sent.map((sent) => sent.name),
    ["PutItemCommand"],
  );
});

test("a version that is gone is told, an own write is none", async () => {
  const other = { writeId: { S: "1".repeat(32) }, version: { N: "2" } };
  const lost = awsError("ConditionalCheckFailedException", 400, { Item: other });
  assert.equal(await users(lost).store.replace(user(), user(), moment()), false);
  const own = { writeId: { S: user().writeId }, version: { N: "2" } };
  const done = awsError("ConditionalCheckFailedException", 400, { Item: own });
  assert.equal(await users(done).store.replace(user(), user(), moment()), true);
});

test("an address that is another's by now is left to its owner", async () => {
  const { store, client } = users(refused(1, { owner: { S: OTHER_ID } }));
  assert.equal(await store.delete(user(), moment()), true);
  assert.deepEqual(
    client.sent.map((sent) => sent.name),
    ["TransactWriteItemsCommand", "DeleteItemCommand"],
  );
});

test("all pages of an address are read", async () => {
  const item = { ...itemOf(), name: { S: "B" } };
  const { store } = users(
    { Items: [itemOf()], LastEvaluatedKey: { userId: { S: ID } } },
    { Items: [item] },
  );
  const found = await store.withEmail("ada@example.com", moment());
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

test("an asset that is gone was deleted, one that changed was not", async () => {
  const gone = awsError("ConditionalCheckFailedException");
  assert.equal(await assets(gone).delete(asset(), moment()), true);
  const changed = awsError("ConditionalCheckFailedException", 400, {
    Item: { version: { N: "2" } },
  });
  assert.equal(await assets(changed).delete(asset(), moment()), false);
});

test("an asset's own idempotency item means that the write was done before", async () => {
  const own = { recordId: { S: ID }, bodySha256: { S: KEY.bodySha256 } };
  assert.equal(await assets(refused(0, own)).create(asset(), KEY, moment()), null);
});
