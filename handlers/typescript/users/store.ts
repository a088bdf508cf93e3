/**
 * Users in DynamoDB, each with a guard: an item that reserves its email address.
 *
 * An index cannot guarantee that an address is unique: it lags, and has no conditions.
 * The guard is written in the same transaction that creates the user or changes its
 * address or its expiry. DynamoDB deletes an expired user and its guard at different
 * times; only the guard decides whether the address is free.
 */

import { firstUsePut, readFirstUse } from "../shared/aws/idempotency-items.ts";
import type { Item } from "../shared/aws/items.ts";
import { ShardedIndex } from "../shared/aws/shards.ts";
import type { Refused, Table, Write } from "../shared/aws/table.ts";
import {
  absent,
  absentOrExpired,
  Delete,
  Put,
  unchanged,
} from "../shared/aws/writes.ts";
import type { Clock, Deadline } from "../shared/clock.ts";
import type { FirstUse, IdempotencyKey } from "../shared/idempotency.ts";
import type { ShardPage, ShardQuery } from "../shared/pages.ts";
import { EmailTaken } from "./errors.ts";
import { freeOrOwn, guardDelete, guardPut, KEY, readUser, userItem } from "./items.ts";
import type { User, UserStore } from "./model.ts";

/** The users table; implements `UserStore`. */
export class DynamoUserStore implements UserStore {
  private readonly newestFirst: ShardedIndex<User>;

  constructor(
    private readonly table: Table,
    readonly shards: number,
  ) {
    this.newestFirst = new ShardedIndex(table, "createdAt-index", readUser);
  }

  /** Return the user as it is now, even if it has expired. */
  async find(userId: string, clock: Clock): Promise<User | null> {
    const item = await this.table.get(userId, clock.deadline);
    return item === null ? null : readUser(item);
  }

  /**
   * Store a new user, or return the first use of the idempotency key.
   *
   * Throws `EmailTaken`. The idempotency key is checked before the email address.
   */
  async create(
    user: User,
    idempotency: IdempotencyKey | null,
    clock: Clock,
  ): Promise<FirstUse | null> {
    const record = new Put(userItem(user, this.shards), absent(KEY));
    const guard = guardPut(user, absentOrExpired(KEY, clock.now));
    const writes: Write[] = [record, guard];
    if (idempotency !== null) {
      const first = { key: idempotency, recordId: user.userId };
      writes.unshift(firstUsePut(KEY, "createUser", first, clock.now));
    }
    const refused = await this.table.write(writes, clock.deadline);
    if (refused === null || isOwn(refused.old, user)) return null;
    if (idempotency === null || refused.write === guard)
      throw new EmailTaken(user.email);
    return readFirstUse(refused.old, idempotency);
  }

  /**
   * Store `after` if `before` is unchanged; return whether it was stored.
   *
   * Throws `EmailTaken`.
   */
  async replace(before: User, after: User, clock: Clock): Promise<boolean> {
    const writes: Write[] = [this.replacement(before, after)];
    const guard = guardPut(after, freeOrOwn(after, clock.now));
    if (before.email !== after.email || before.expiresAt !== after.expiresAt) {
      writes.push(guard);
    }
    const release = before.email === after.email ? [] : [guardDelete(before)];
    const refused = await this.writeAndRelease(writes, release, clock.deadline);
    if (refused !== null && refused.write === guard) throw new EmailTaken(after.email);
    return refused === null || isOwn(refused.old, after);
  }

  /** Remove the user if it is unchanged; return whether it was removed. */
  async delete(user: User, clock: Clock): Promise<boolean> {
    const record = new Delete({ [KEY]: user.userId }, unchanged(user.version));
    const release = [guardDelete(user)];
    return (await this.writeAndRelease([record], release, clock.deadline)) === null;
  }

  /** Query shards of the list of users in parallel. */
  newest(
    queries: readonly ShardQuery[],
    clock: Clock,
  ): Promise<readonly ShardPage<User>[]> {
    return this.newestFirst.ask({}, queries, clock.deadline);
  }

  /** Return all users with the email address, including expired ones. */
  async withEmail(email: string, clock: Clock): Promise<readonly User[]> {
    const users: User[] = [];
    let after: Item | null = null;
    do {
      const query = { indexName: "email-index", partition: { email }, after };
      const found = await this.table.query(query, clock.deadline);
      users.push(...found.items.map(readUser));
      after = found.last;
    } while (after !== null);
    return users;
  }

  private replacement(before: User, after: User): Put {
    return new Put(userItem(after, this.shards), unchanged(before.version));
  }

  /**
   * Do `writes`, and free an email address in the same transaction.
   *
   * An address that belongs to another user by now is not freed.
   */
  private async writeAndRelease(
    writes: readonly Write[],
    release: readonly Write[],
    deadline: Deadline,
  ): Promise<Refused | null> {
    const refused = await this.table.write([...writes, ...release], deadline);
    if (refused !== null && release.includes(refused.write)) {
      return this.table.write(writes, deadline);
    }
    return refused;
  }
}

/**
 * Return whether the write met its own result, because its response was lost.
 *
 * An idempotency item has the id of the record that it created; a guard has its owner.
 */
function isOwn(old: Item, user: User): boolean {
  return (
    old["writeId"] === user.writeId ||
    old["recordId"] === user.userId ||
    old["owner"] === user.userId
  );
}
