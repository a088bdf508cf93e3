/** The DynamoDB calls of users, shared by all Node peers. */

import { randomUUID } from "node:crypto";
import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";

type Item = Record<string, AttributeValue>;

export interface UserCreate {
  email: string;
  name: string;
  department?: string | undefined;
  expiresAt?: number | undefined;
}

const TABLE = process.env.USERS_TABLE;
const SHARDS = Number(process.env.LIST_SHARDS);

const dynamodb = new DynamoDBClient({});

/** Return the user, or null if it is missing or expired. */
export async function findUser(userId: string) {
  const { Item: item } = await dynamodb.send(
    new GetItemCommand({
      TableName: TABLE,
      Key: { userId: { S: userId } },
      ConsistentRead: true,
    }),
  );
  if (item === undefined) return null;
  const ttl = Number(item.ttl?.N ?? Number.POSITIVE_INFINITY);
  return ttl * 1000 < Date.now() ? null : view(item);
}

/** Store a new user; return null if the email is taken. */
export async function storeUser(user: UserCreate) {
  const userId = randomUUID().replaceAll("-", "").slice(0, 26).toUpperCase();
  const now = Date.now();
  const email = user.email.toLowerCase();
  const expiry: Item =
    user.expiresAt === undefined
      ? {}
      : {
          expiresAt: { N: String(user.expiresAt) },
          ttl: { N: String(Math.ceil(user.expiresAt / 1000)) },
        };
  const item: Item = {
    userId: { S: userId },
    email: { S: email },
    name: { S: user.name },
    ...(user.department !== undefined && { department: { S: user.department } }),
    createdAt: { N: String(now) },
    updatedAt: { N: String(now) },
    version: { N: "1" },
    writeId: { S: randomUUID() },
    listShard: { N: String(Number.parseInt(userId.slice(-1), 16) % SHARDS) },
    ...expiry,
  };
  const guard: Item = {
    userId: { S: `email#${email}` },
    owner: { S: userId },
    ...expiry,
  };
  const command = new TransactWriteItemsCommand({
    TransactItems: [
      {
        Put: {
          TableName: TABLE,
          Item: item,
          ConditionExpression: "attribute_not_exists(userId)",
        },
      },
      {
        Put: {
          TableName: TABLE,
          Item: guard,
          ConditionExpression: "attribute_not_exists(userId) OR expiresAt <= :now",
          ExpressionAttributeValues: { ":now": { N: String(now) } },
        },
      },
    ],
  });
  try {
    await dynamodb.send(command);
  } catch (error) {
    if (error instanceof TransactionCanceledException) return null;
    throw error;
  }
  return view(item);
}

/** Return the newest users of all shards, and the cursor of the next page. */
export async function newestUsers(limit: number) {
  const shards = Array.from({ length: SHARDS }, (_, shard) => shard);
  const pages = await Promise.all(shards.map((shard) => newestOfShard(shard, limit)));
  const items = pages.flat();
  items.sort((left, right) => Number(right.createdAt?.N) - Number(left.createdAt?.N));
  const more = items.length > limit;
  return {
    items: items.slice(0, limit).map(view),
    ...(more && { nextCursor: items[limit - 1]?.userId?.S }),
  };
}

/** Return up to `limit` + 1 items; the last one shows that there are more. */
async function newestOfShard(shard: number, limit: number): Promise<Item[]> {
  const { Items: items } = await dynamodb.send(
    new QueryCommand({
      TableName: TABLE,
      IndexName: "createdAt-index",
      KeyConditionExpression: "listShard = :listShard",
      ExpressionAttributeValues: { ":listShard": { N: String(shard) } },
      ScanIndexForward: false,
      Limit: limit + 1,
    }),
  );
  return items ?? [];
}

/** Return the fields of an item that a client sees. */
function view(item: Item) {
  return {
    userId: item.userId?.S,
    email: item.email?.S,
    name: item.name?.S,
    createdAt: Number(item.createdAt?.N),
    updatedAt: Number(item.updatedAt?.N),
    ...(item.department && { department: item.department.S }),
    ...(item.expiresAt && { expiresAt: Number(item.expiresAt.N) }),
  };
}
