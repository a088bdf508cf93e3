/** updateUser: PATCH /users/{userId}. */

import { change } from "../shared/changes.ts";
import type { EntityTags } from "../shared/etags.ts";
import { newWriteId } from "../shared/ids.ts";
import type { Moment } from "../shared/moment.ts";
import type { UserPatch } from "./bodies.ts";
import { liveUser, User, type UserStore } from "./model.ts";

/**
 * Change the members that `patch` names; a patch of none is a write all the same.
 *
 * Throws `UserNotFound`, `PreconditionFailed`, `EmailTaken` and `Conflict`.
 */
export async function updateUser(
  users: UserStore,
  userId: string,
  patch: UserPatch,
  ifMatch: EntityTags | null,
  moment: Moment,
): Promise<User> {
  const write = async (before: User): Promise<User | null> => {
    const after = new User({
      ...before,
      ...patch,
      updatedAt: moment.now,
      version: before.version + 1,
      writeId: newWriteId(),
    });
    return (await users.replace(before, after, moment)) ? after : null;
  };

  return change(() => liveUser(users, userId, moment), ifMatch, write, moment);
}
