/** The results of AWS's errors: refused writes, new attempts, 503 or 500. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Table } from "../../../handlers/typescript/shared/aws/table.ts";
import { absent, Put } from "../../../handlers/typescript/shared/aws/writes.ts";
import { CALL_MS } from "../../../handlers/typescript/shared/clock.ts";
import { AwsFault, Unavailable } from "../../../handlers/typescript/shared/errors.ts";
import { awsError, cancelled, deadline, Scripted } from "./support.ts";

const FIRST = new Put({ userId: "a" }, absent("userId"));
const SECOND = new Put({ userId: "b", gone: null, count: 1 }, absent("userId"));

function table(...answers: unknown[]): { table: Table; client: Scripted } {
  const client = new Scripted(answers);
  return { table: new Table(client.dynamodb, "users", "userId"), client };
}

test("one write is sent alone, several in a transaction", async () => {
  const { table: users, client } = table();
  await users.write([FIRST], deadline());
  await users.write([FIRST, SECOND], deadline());
  assert.deepEqual(
    client.sent.map((sent) => sent.name),
    ["PutItemCommand", "TransactWriteItemsCommand"],
  );
});

test("a write leaves out null attributes and asks for the item that refuses it", () => {
  assert.deepEqual(SECOND.parameters("users"), {
    TableName: "users",
    Item: { userId: { S: "b" }, count: { N: "1" } },
    ConditionExpression: "attribute_not_exists(#userId)",
    ExpressionAttributeNames: { "#userId": "userId" },
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
});

test("the first refused write is returned with the item there", async () => {
  const failed = cancelled("None", "ConditionalCheckFailed");
  const { table: users } = table(failed);
  assert.deepEqual(await users.write([FIRST, SECOND], deadline()), {
    write: SECOND,
    old: { userId: "old-1" },
  });
});

test("a single refused write is returned with the item there", async () => {
  const item = { version: { N: "7" } };
  const { table: users } = table(
    awsError("ConditionalCheckFailedException", 400, { Item: item }),
  );
  assert.deepEqual(await users.write([FIRST], deadline()), {
    write: FIRST,
    old: { version: 7 },
  });
});

const RETRIED: [rivalry: Error, code: string][] = [
  [cancelled("None", "TransactionConflict"), "TransactionConflict"],
  [cancelled("ThrottlingError"), "ThrottlingError"],
  [cancelled("ProvisionedThroughputExceeded", "None"), "ProvisionedThroughputExceeded"],
  [awsError("TransactionConflictException"), "TransactionConflictException"],
];

for (const [rivalry, code] of RETRIED) {
  test(`${code} is tried again, five times in all`, async () => {
    const { table: users, client } = table(rivalry, rivalry, rivalry);
    assert.equal(await users.write([FIRST, SECOND], deadline()), null);
    assert.equal(client.sent.length, 4);
    const { table: busy } = table(...Array(5).fill(rivalry));
    await assert.rejects(busy.write([FIRST], deadline()), {
      name: "Unavailable",
      code,
    });
  });
}

const CONNECTION = [
  Object.assign(new Error(), { name: "TimeoutError" }),
  Object.assign(new Error(), {
    name: "TimeoutError",
    $metadata: { httpStatusCode: 200 },
  }),
  Object.assign(new Error(), { code: "ECONNREFUSED" }),
  Object.assign(new Error(), { code: "ECONNRESET", $metadata: { attempts: 3 } }),
  Object.assign(new Error(), { code: "EAI_AGAIN" }),
  Object.assign(new Error(), { code: "ERR_TLS_CERT_ALTNAME_INVALID" }),
  Object.assign(new Error(), { code: "HPE_INVALID_CONSTANT" }),
];

for (const error of CONNECTION) {
  test(`${error.name} ${"code" in error ? error.code : ""} is unavailable`, async () => {
    const { table: users } = table(error);
    await assert.rejects(users.get("a", deadline()), {
      name: "Unavailable",
      code: undefined,
    });
  });
}

const TRANSIENT: [error: Error, code: string][] = [
  [awsError("ThrottlingException"), "ThrottlingException"],
  [
    awsError("ProvisionedThroughputExceededException"),
    "ProvisionedThroughputExceededException",
  ],
  [awsError("InternalServerError", 500), "InternalServerError"],
  [awsError("SyntaxError", 503), "503"],
  [awsError("Unknown", 502), "502"],
];

for (const [error, code] of TRANSIENT) {
  test(`${error.name} is unavailable`, async () => {
    const { table: users } = table(error);
    await assert.rejects(users.get("a", deadline()), { name: "Unavailable", code });
  });
}

test("a permanent error of AWS is a fault with AWS's code", async () => {
  const { table: users } = table(awsError("ValidationException"));
  await assert.rejects(users.write([FIRST], deadline()), (error) => {
    assert.ok(error instanceof AwsFault);
    return error.code === "ValidationException";
  });
});

test("an unforeseen error is not translated", async () => {
  const { table: users } = table(new TypeError());
  await assert.rejects(users.get("a", deadline()), TypeError);
});

test("no call starts that might not end in time", async () => {
  const { table: users, client } = table();
  await assert.rejects(users.get("a", deadline(CALL_MS - 1)), Unavailable);
  assert.equal(client.sent.length, 0);
});

test("a query names its partition and the position it starts after", async () => {
  const { table: users, client } = table({ Items: [{ n: { N: "1" } }] });
  const found = await users.query(
    {
      indexName: "status-index",
      partition: { status: "pending", listShard: 2 },
      limit: 3,
      after: { createdAt: 9 },
    },
    deadline(),
  );
  assert.deepEqual(found, { items: [{ n: 1 }], last: null });
  assert.deepEqual(client.sent[0]?.input, {
    TableName: "users",
    IndexName: "status-index",
    KeyConditionExpression: "#status = :status AND #listShard = :listShard",
    ExpressionAttributeNames: { "#status": "status", "#listShard": "listShard" },
    ExpressionAttributeValues: {
      ":status": { S: "pending" },
      ":listShard": { N: "2" },
    },
    ScanIndexForward: false,
    Limit: 3,
    ExclusiveStartKey: { createdAt: { N: "9" } },
  });
});
