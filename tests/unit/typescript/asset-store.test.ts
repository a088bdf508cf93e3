/**
 * Assets in DynamoDB: refused writes, and writes that meet their own earlier result.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { DynamoAssetStore } from "../../../handlers/typescript/assets/store.ts";
import { Table } from "../../../handlers/typescript/shared/aws/table.ts";
import { asset, awsError, clock, ID, OTHER_ID, refused, Scripted } from "./support.ts";

const KEY = { key: "k", bodySha256: "0".repeat(64) };

function assets(...answers: unknown[]): DynamoAssetStore {
  const client = new Scripted(answers).dynamodb;
  return new DynamoAssetStore(new Table(client, "t", "assetId"), 4);
}

test("a used key returns its first use", async () => {
  const first = { recordId: { S: OTHER_ID }, bodySha256: { S: "1".repeat(64) } };
  const store = assets(refused(0, first));
  assert.deepEqual(await store.create(asset(), KEY, clock()), {
    key: { ...KEY, bodySha256: "1".repeat(64) },
    recordId: OTHER_ID,
  });
});

test("a creation sent twice succeeds twice", async () => {
  const own = { recordId: { S: ID }, bodySha256: { S: KEY.bodySha256 } };
  assert.equal(await assets(refused(0, own)).create(asset(), KEY, clock()), null);
  const there = awsError("ConditionalCheckFailedException", 400, {
    Item: { writeId: { S: asset().writeId } },
  });
  assert.equal(await assets(there).create(asset(), null, clock()), null);
});

test("a change is written only to the version it was made from", async () => {
  const answer = (writeId: string) =>
    awsError("ConditionalCheckFailedException", 400, {
      Item: { writeId: { S: writeId } },
    });
  const after = asset({ version: 2 });
  const own = assets(answer(after.writeId));
  assert.equal(await own.replace(asset(), after, clock()), true);
  const rival = assets(answer("1".repeat(32)));
  assert.equal(await rival.replace(asset(), after, clock()), false);
});

test("a delete removes only its version and may be sent twice", async () => {
  const gone = awsError("ConditionalCheckFailedException");
  assert.equal(await assets(gone).delete(asset(), clock()), true);
  const changed = awsError("ConditionalCheckFailedException", 400, {
    Item: { version: { N: "2" } },
  });
  assert.equal(await assets(changed).delete(asset(), clock()), false);
});
