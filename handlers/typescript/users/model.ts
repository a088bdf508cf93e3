/** A user, and the interface of the store of users. */

import type { Clock } from "../shared/clock.ts";
import { isExpired } from "../shared/expiry.ts";
import type { FirstUse, IdempotencyKey } from "../shared/idempotency.ts";
import { newWriteId } from "../shared/ids.ts";
import type { Listed, Position, ShardPage, ShardQuery } from "../shared/pages.ts";
import type { UserCreate } from "./bodies.ts";
import { UserNotFound } from "./errors.ts";

/** The stored fields of a user. */
export type UserFields = Omit<User, "position" | "shown" | "expired">;

/**
 * A user as it is stored; times are milliseconds since 1970.
 *
 * `createdAt` is the time in `userId`; `email` is in lower case; `version` counts the
 * writes, and `writeId` identifies the last one.
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

  constructor(fields: UserFields) {
    Object.assign(this, fields);
  }

  /** The user's position in lists. */
  get position(): Position {
    return { createdAt: this.createdAt, recordId: this.userId };
  }

  /** The fields that clients see, by their names in the contract. */
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

  /** Return whether the user is gone at `now`. */
  expired(now: number): boolean {
    return isExpired(this.expiresAt, now);
  }
}

/** Return the user that `body` describes, as it is written at `now` (ms). */
export function userOf(
  body: UserCreate,
  kept: Pick<UserFields, "userId" | "createdAt" | "version">,
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

/** The store of users. Every method throws `Unavailable`. */
export interface UserStore {
  /** The number of shards of the list of users. */
  readonly shards: number;

  /** Return the user as it is now, even if it has expired. */
  find(userId: string, clock: Clock): Promise<User | null>;

  /**
   * Store a new user, or return the first use of the idempotency key.
   *
   * Throws `EmailTaken`.
   */
  create(
    user: User,
    idempotency: IdempotencyKey | null,
    clock: Clock,
  ): Promise<FirstUse | null>;

  /**
   * Store `after` if `before` is unchanged; return whether it was stored.
   *
   * Throws `EmailTaken`.
   */
  replace(before: User, after: User, clock: Clock): Promise<boolean>;

  /** Remove the user if it is unchanged; return whether it was removed. */
  delete(user: User, clock: Clock): Promise<boolean>;

  /** Query shards of the list of users in parallel. */
  newest(
    queries: readonly ShardQuery[],
    clock: Clock,
  ): Promise<readonly ShardPage<User>[]>;

  /** Return all users with the email address, including expired ones. */
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
