/** replaceUser: PUT /users/{userId}. */

import { change } from "../shared/changes.ts";
import type { Clock } from "../shared/clock.ts";
import type { EntityTags } from "../shared/etags.ts";
import type { UserCreate } from "./bodies.ts";
import { liveUser, type User, type UserStore, userOf } from "./model.ts";

/**
 * Replace all fields that a client may set; those not in `body` are removed.
 *
 * Throws `UserNotFound`, `PreconditionFailed`, `EmailTaken` and `Conflict`.
 */
export async function replaceUser(
  users: UserStore,
  userId: string,
  body: UserCreate,
  ifMatch: EntityTags | null,
  clock: Clock,
): Promise<User> {
  const write = async (before: User): Promise<User | null> => {
    const kept = { ...before, version: before.version + 1 };
    const after = userOf(body, kept, clock.now);
    return (await users.replace(before, after, clock)) ? after : null;
  };

  return change(() => liveUser(users, userId, clock), ifMatch, write, clock.deadline);
}
