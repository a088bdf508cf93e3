/** updateUser: PATCH /users/{userId}. */

import { change } from "../shared/changes.ts";
import type { Clock } from "../shared/clock.ts";
import type { EntityTags } from "../shared/etags.ts";
import { newWriteId } from "../shared/ids.ts";
import type { UserPatch } from "./bodies.ts";
import { liveUser, User, type UserStore } from "./model.ts";

/**
 * Change the fields that `patch` has; an empty patch is a write too.
 *
 * Throws `UserNotFound`, `PreconditionFailed`, `EmailTaken` and `Conflict`.
 */
export async function updateUser(
  users: UserStore,
  userId: string,
  patch: UserPatch,
  ifMatch: EntityTags | null,
  clock: Clock,
): Promise<User> {
  const write = async (before: User): Promise<User | null> => {
    const after = new User({
      ...before,
      ...patch,
      updatedAt: clock.now,
      version: before.version + 1,
      writeId: newWriteId(),
    });
    return (await users.replace(before, after, clock)) ? after : null;
  };

  return change(() => liveUser(users, userId, clock), ifMatch, write, clock.deadline);
}
