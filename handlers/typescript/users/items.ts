/** Users and their guards as items (contract/schemas/stored-*.json). */

import {
  type Item,
  type NewItem,
  number,
  optionalNumber,
  optionalText,
  text,
} from "../shared/aws/items.ts";
import { Condition, Delete, Put } from "../shared/aws/writes.ts";
import { ttlSeconds } from "../shared/expiry.ts";
import { listShard } from "../shared/ids.ts";
import { User } from "./model.ts";

export const KEY = "userId";

/** Return the item of a user, in a table whose lists have `shards` shards. */
export function userItem(user: User, shards: number): NewItem {
  return {
    ...user.shown(),
    ttl: ttlSeconds(user.expiresAt),
    version: user.version,
    writeId: user.writeId,
    listShard: listShard(user.userId, shards),
  };
}

/** Return the user in an item. */
export function readUser(item: Item): User {
  return new User({
    userId: text(item, "userId"),
    email: text(item, "email"),
    name: text(item, "name"),
    department: optionalText(item, "department"),
    expiresAt: optionalNumber(item, "expiresAt"),
    createdAt: number(item, "createdAt"),
    updatedAt: number(item, "updatedAt"),
    version: number(item, "version"),
    writeId: text(item, "writeId"),
  });
}

/** Return the write that makes the user the owner of its email address. */
export function guardPut(user: User, condition: Condition): Put {
  return new Put(
    {
      userId: guardKey(user),
      owner: user.userId,
      expiresAt: user.expiresAt,
      ttl: ttlSeconds(user.expiresAt),
    },
    condition,
  );
}

/** Return the write that frees the user's address, unless another user owns it. */
export function guardDelete(user: User): Delete {
  const condition = new Condition(
    "attribute_not_exists(#userId) OR #owner = :owner",
    ["userId", "owner"],
    { owner: user.userId },
  );
  return new Delete({ userId: guardKey(user) }, condition);
}

/** Return the condition that the address is free at `now` (ms), or the user's. */
export function freeOrOwn(user: User, now: number): Condition {
  return new Condition(
    "attribute_not_exists(#userId) OR #expiresAt <= :now OR #owner = :owner",
    ["userId", "expiresAt", "owner"],
    { now, owner: user.userId },
  );
}

function guardKey(user: User): string {
  return `email#${user.email}`;
}
