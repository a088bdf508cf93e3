/** A user, and what the operations need of a store of users. */

import type { Clock } from "../shared/clock.ts";
import { isExpired } from "../shared/expiry.ts";
import type { FirstUse, IdempotencyKey } from "../shared/idempotency.ts";
import { newWriteId } from "../shared/ids.ts";
import type { Listed, Position, ShardPage, ShardQuery } from "../shared/pages.ts";
import type { UserCreate } from "./bodies.ts";
import { UserNotFound } from "./errors.ts";

/** What is stored of a user. */
export type UserMembers = Omit<User, "position" | "shown" | "expired">;

/**
 * A user as it is stored; times are milliseconds since 1970.
 *
 * `createdAt` is the time in `userId`; `email` is in lower case; `version` counts the
 * writes, and `writeId` is the last one's own.
 */
export class User implements Listed {
  declare readonly userId: string;
  declare readonly email: string;
  declare readonly name: string;
  declare readonly department: string | null;
  declare readonly expiresAt: number | null;
  declare readonly createdAt: number;
  declare readonly updatedAt: number;
  declare readonly version: number;
  declare readonly writeId: string;

  constructor(members: UserMembers) {
    Object.assign(this, members);
  }

  /** Where the user stands in lists. */
  get position(): Position {
    return { createdAt: this.createdAt, recordId: this.userId };
  }

  /** What clients see, by the names of contract/schemas/user.json. */
  shown() {
    return {
      userId: this.userId,
      email: this.email,
      name: this.name,
      department: this.department,
      expiresAt: this.expiresAt,
      createdAt: this.createdAt,
      updatedAt: this.updatedAt,
    };
  }

  /** Tell whether the user is gone at `now`. */
  expired(now: number): boolean {
    return isExpired(this.expiresAt, now);
  }
}

/** Return the user that a client describes whole, as it is written at `now` (ms). */
export function userOf(
  body: UserCreate,
  kept: Pick<UserMembers, "userId" | "createdAt" | "version">,
  now: number,
): User {
  return new User({
    userId: kept.userId,
    email: body.email,
    name: body.name,
    department: body.department ?? null,
    expiresAt: body.expiresAt ?? null,
    createdAt: kept.createdAt,
    updatedAt: now,
    version: kept.version,
    writeId: newWriteId(),
  });
}

/** Where users are kept. Every method throws `Unavailable`. */
export interface UserStore {
  /** In how many shards the list of users is kept. */
  readonly shards: number;

  /** Return the user as it is now, also an expired one. */
  find(userId: string, clock: Clock): Promise<User | null>;

  /**
   * Store a new user, or return what the key was used for before.
   *
   * Throws `EmailTaken`.
   */
  create(
    user: User,
    idempotency: IdempotencyKey | null,
    clock: Clock,
  ): Promise<FirstUse | null>;

  /**
   * Store `after` if `before` still stands, and tell whether it did.
   *
   * Throws `EmailTaken`.
   */
  replace(before: User, after: User, clock: Clock): Promise<boolean>;

  /** Remove the user if it still stands, and tell whether it did. */
  delete(user: User, clock: Clock): Promise<boolean>;

  /** Ask shards of the list of users, side by side. */
  newest(
    queries: readonly ShardQuery[],
    clock: Clock,
  ): Promise<readonly ShardPage<User>[]>;

  /** Return all users of the address, also expired ones. */
  withEmail(email: string, clock: Clock): Promise<readonly User[]>;
}

/** Return the user, or throw `UserNotFound`; an expired user is not found. */
export async function liveUser(
  users: UserStore,
  userId: string,
  clock: Clock,
): Promise<User> {
  const user = await users.find(userId, clock);
  if (user === null || user.expired(clock.now)) throw new UserNotFound(userId);
  return user;
}
