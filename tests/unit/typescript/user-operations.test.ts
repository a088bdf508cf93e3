/** The operations on users, with a store in memory. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Conflict,
  IdempotencyKeyReused,
  PreconditionFailed,
} from "../../../handlers/typescript/shared/errors.ts";
import { readEntityTags } from "../../../handlers/typescript/shared/etags.ts";
import { newUlid, ulidTime } from "../../../handlers/typescript/shared/ids.ts";
import { readBody } from "../../../handlers/typescript/shared/validation.ts";
import {
  USER_CREATE,
  USER_PATCH,
  type UserCreate,
  type UserPatch,
} from "../../../handlers/typescript/users/bodies.ts";
import { createUser } from "../../../handlers/typescript/users/create-user.ts";
import { deleteUser } from "../../../handlers/typescript/users/delete-user.ts";
import { EmailTaken, UserNotFound } from "../../../handlers/typescript/users/errors.ts";
import { getUser } from "../../../handlers/typescript/users/get-user.ts";
import { listUsers } from "../../../handlers/typescript/users/list-users.ts";
import { User } from "../../../handlers/typescript/users/model.ts";
import { replaceUser } from "../../../handlers/typescript/users/replace-user.ts";
import { updateUser } from "../../../handlers/typescript/users/update-user.ts";
import { clock, ID, MemoryUsers, NOW, OTHER_ID, user } from "./support.ts";

const LATER = NOW + 5_000;
const KEY = { key: "key", bodySha256: "a".repeat(64) };
const ADA = user({ department: "Engines", expiresAt: NOW + 10_000 });
const GONE = user({ expiresAt: NOW });

const holding = (...users: User[]) => new MemoryUsers(users);
const racing = (races: number) => new MemoryUsers([ADA], races);

function body(fields: Partial<UserCreate> = {}): UserCreate {
  const sent = { email: "Ada@Example.com", name: "Ada", ...fields };
  return readBody(USER_CREATE, sent, NOW);
}

function replacement(): UserCreate {
  return readBody(USER_CREATE, { email: "ada@example.com", name: "A" }, NOW);
}

function patch(fields: UserPatch = {}): UserPatch {
  return readBody(USER_PATCH, { ...fields }, NOW);
}

test("a new user has the current time and version 1", async () => {
  const users = holding();
  const sent = body({ department: "D" });
  const created = await createUser(users, sent, null, clock());
  assert.deepEqual([...users.records], [[created.userId, created]]);
  assert.equal(ulidTime(created.userId), NOW);
  assert.deepEqual([created.createdAt, created.updatedAt], [NOW, NOW]);
  assert.deepEqual([created.email, created.version], ["ada@example.com", 1]);
  assert.deepEqual([created.department, created.expiresAt], ["D", null]);
});

test("a taken email is refused", async () => {
  const creating = createUser(holding(ADA), body(), null, clock());
  await assert.rejects(creating, EmailTaken);
});

test("the email of an expired user is free", async () => {
  const created = await createUser(holding(GONE), body(), null, clock());
  assert.equal(created.email, GONE.email);
});

test("a repeat returns the current user", async () => {
  const users = holding();
  const first = await createUser(users, body(), KEY, clock());
  const changed = new User({ ...first, name: "B", version: 2 });
  users.keep(changed);
  assert.deepEqual(await createUser(users, body(), KEY, clock(LATER)), changed);
});

test("a key with another body is refused", async () => {
  const users = holding();
  await createUser(users, body(), KEY, clock());
  const other = { ...KEY, bodySha256: "b".repeat(64) };
  const creating = createUser(users, body(), other, clock());
  await assert.rejects(creating, IdempotencyKeyReused);
});

test("a repeat after the user is deleted is not found", async () => {
  const users = holding();
  await createUser(users, body(), KEY, clock());
  users.records.clear();
  await assert.rejects(createUser(users, body(), KEY, clock()), UserNotFound);
});

test("a live user is found", async () => {
  assert.equal(await getUser(holding(ADA), ID, clock()), ADA);
});

for (const [state, users] of [
  ["absent", holding()],
  ["expired", holding(GONE)],
] as const) {
  test(`no operation finds a user that is not live: ${state}`, async () => {
    const tags = readEntityTags("*");
    const now = clock();
    await assert.rejects(getUser(users, ID, now), UserNotFound);
    const replacing = replaceUser(users, ID, replacement(), tags, now);
    await assert.rejects(replacing, UserNotFound);
    await assert.rejects(updateUser(users, ID, patch(), tags, now), UserNotFound);
    await assert.rejects(deleteUser(users, ID, tags, now), UserNotFound);
  });
}

test("replacing removes fields that are left out", async () => {
  const replaced = await replaceUser(
    holding(ADA),
    ID,
    replacement(),
    null,
    clock(LATER),
  );
  const { writeId } = replaced;
  assert.deepEqual(
    replaced,
    user({ name: "A", createdAt: NOW, updatedAt: LATER, version: 2, writeId }),
  );
  assert.notEqual(writeId, ADA.writeId);
});

test("a patch changes only the fields it has", async () => {
  const users = holding(ADA);
  const update = (fields: UserPatch) =>
    updateUser(users, ID, patch(fields), null, clock(LATER));
  const renamed = await update({ name: "B" });
  const { writeId } = renamed;
  assert.deepEqual(
    renamed,
    new User({ ...ADA, name: "B", updatedAt: LATER, version: 2, writeId }),
  );
  const bare = await update({ department: null, expiresAt: null });
  assert.deepEqual([bare.name, bare.department, bare.expiresAt], ["B", null, null]);
  const moved = await update({ email: "B@X.com" });
  assert.deepEqual([moved.email, moved.version], ["b@x.com", 4]);
});

test("an empty patch is a write", async () => {
  const users = holding(ADA);
  const written = await updateUser(users, ID, patch(), null, clock(LATER));
  assert.deepEqual([written.version, written.updatedAt], [2, LATER]);
  assert.equal(users.records.get(ID), written);
});

test("a write with If-Match of another version changes nothing", async () => {
  const users = holding(ADA);
  const tags = readEntityTags('"2"');
  const writes = [
    replaceUser(users, ID, replacement(), tags, clock()),
    updateUser(users, ID, patch(), tags, clock()),
    deleteUser(users, ID, tags, clock()),
  ];
  for (const write of writes) await assert.rejects(write, PreconditionFailed);
  assert.deepEqual([...users.records.values()], [ADA]);
});

test("writes survive four lost races but not five", async () => {
  const tags = readEntityTags('"1"');
  const writes = [
    (races: number) => replaceUser(racing(races), ID, replacement(), tags, clock()),
    (races: number) => updateUser(racing(races), ID, patch(), null, clock()),
    (races: number) => deleteUser(racing(races), ID, null, clock()),
  ];
  for (const write of writes) {
    await write(4);
    await assert.rejects(write(5), Conflict);
  }
});

test("a lost race is tried again on the newer user", async () => {
  const users = racing(1);
  users.onRace = () => users.keep(new User({ ...ADA, department: "New", version: 7 }));
  const written = await updateUser(users, ID, patch({ name: "B" }), null, clock());
  const { name, department, version } = written;
  assert.deepEqual([name, department, version], ["B", "New", 8]);
});

test("a deleted user is gone", async () => {
  const users = holding(ADA);
  await deleteUser(users, ID, readEntityTags('"1"'), clock());
  assert.equal(users.records.size, 0);
});

test("lists are newest first without expired users", async () => {
  const ids = [0, 1, 2, 3].map((number) => newUlid(NOW + number));
  const users = holding(
    ...ids.map((userId, number) =>
      user({
        userId,
        createdAt: NOW + number,
        expiresAt: number === 2 ? NOW + 1 : null,
      }),
    ),
  );
  const now = clock(NOW + 1);
  const page = await listUsers(users, { limit: 2, after: null }, null, now);
  assert.deepEqual(
    page.records.map(({ userId }) => userId),
    [ids[3], ids[1]],
  );
  const rest = await listUsers(users, { limit: 2, after: page.next }, null, now);
  assert.deepEqual(
    rest.records.map(({ userId }) => userId),
    [ids[0]],
  );
  assert.equal(rest.next, null);
});

test("a list with an email has its live user", async () => {
  const users = holding(
    user({ userId: OTHER_ID, expiresAt: NOW }),
    user(),
    user({ userId: newUlid(NOW), email: "b@example.com" }),
  );
  const wanted = { limit: 20, after: null };
  const page = await listUsers(users, wanted, "ada@example.com", clock());
  assert.deepEqual(page, { records: [user()], next: null });
});
