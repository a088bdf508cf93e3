/** Pages of lists in shards. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AskShards,
  cutPage,
  MAX_ROUNDS,
  mergePage,
  type ShardQuery,
} from "../../../handlers/typescript/shared/pages.ts";
import type { User } from "../../../handlers/typescript/users/model.ts";
import { ID, NOW, user } from "./support.ts";

/**
 * Users created at these times, newest first; a negative time marks an expired user.
 */
function users(...times: number[]): User[] {
  return times.map((time) => {
    const createdAt = NOW + Math.abs(time);
    const userId = ID.slice(0, -4) + String(Math.abs(time)).padStart(4, "0");
    return user({ userId, createdAt, expiresAt: time < 0 ? NOW : null });
  });
}

function times(records: readonly User[]): number[] {
  return records.map((record) => record.createdAt - NOW);
}

/** Shards that respond like DynamoDB: a full page has a frontier, even the last one. */
function shards(...kept: User[][]): { ask: AskShards<User>; asked: ShardQuery[][] } {
  const asked: ShardQuery[][] = [];
  const ask: AskShards<User> = async (queries) => {
    asked.push([...queries]);
    return queries.map(({ shard, after, limit }) => {
      const older = (kept[shard] ?? []).filter(
        (record) => after === null || record.createdAt < after.createdAt,
      );
      const records = older.slice(0, limit);
      return { records, frontier: records[limit - 1]?.position ?? null };
    });
  };
  return { ask, asked };
}

test("shards are merged newest first, and one more record causes a cursor", async () => {
  const { ask, asked } = shards(users(9, 5, 1), users(8, 7, 2));
  const page = await mergePage(ask, 2, { limit: 3, after: null }, NOW);
  assert.deepEqual(times(page.records), [9, 8, 7]);
  assert.equal(page.next?.createdAt, NOW + 7);
  assert.equal(asked.length, 1);
});

test("the last page has no cursor", async () => {
  const { ask } = shards(users(9), users(8));
  const page = await mergePage(ask, 2, { limit: 2, after: null }, NOW);
  assert.deepEqual(times(page.records), [9, 8]);
  assert.equal(page.next, null);
});

test("only shards that may have more of the page are queried again", async () => {
  const { ask, asked } = shards(users(-9, -8, 7, 6), users(5, 4));
  const page = await mergePage(ask, 2, { limit: 1, after: null }, NOW);
  assert.deepEqual(times(page.records), [7]);
  assert.deepEqual(
    asked.map((queries) => queries.map((query) => query.shard)),
    [[0, 1], [0]],
  );
});

test("after the last round the page is short, and the next one misses nothing", async () => {
  const expired = Array.from({ length: 40 }, (_, number) => number - 90);
  const { ask, asked } = shards(users(...expired, 3), users(99, 2));
  const page = await mergePage(ask, 2, { limit: 1, after: null }, NOW);
  assert.equal(asked.length, 1 + MAX_ROUNDS);
  assert.deepEqual(times(page.records), [99]);
  assert.equal(page.next?.createdAt, NOW + 79);
  const rest = await mergePage(ask, 2, { limit: 9, after: page.next }, NOW);
  assert.deepEqual(times(rest.records), [3, 2]);
});

test("of two equal times the greater id is newer", () => {
  const [first, second] = [
    user({ userId: `${ID.slice(0, -1)}B` }),
    user({ userId: ID }),
  ];
  const page = cutPage([second, first], { limit: 1, after: null }, NOW);
  assert.deepEqual(page.records, [first]);
  assert.deepEqual(cutPage([second, first], { limit: 1, after: page.next }, NOW), {
    records: [second],
    next: null,
  });
});
