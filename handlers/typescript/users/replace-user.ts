/** replaceUser: PUT /users/{userId}. */

import { change } from "../shared/changes.ts";
import type { EntityTags } from "../shared/etags.ts";
import { newWriteId } from "../shared/ids.ts";
import type { Moment } from "../shared/moment.ts";
import type { UserReplace } from "./bodies.ts";
import { liveUser, User, type UserStore } from "./model.ts";

/**
 * Replace all that a client may set; what `body` leaves out is removed.
 *
 * Throws `UserNotFound`, `PreconditionFailed`, `EmailTaken` and `Conflict`.
 */
export async function replaceUser(
  users: UserStore,
  userId: string,
  body: UserReplace,
  ifMatch: EntityTags | null,
  moment: Moment,
): Promise<User> {
  const write = async (before: User): Promise<User | null> => {
    const after = new User({
      ...before,
      email: body.email,
      name: body.name,
      department: body.department ?? null,
      expiresAt: body.expiresAt ?? null,
      updatedAt: moment.now,
      version: before.version + 1,
      writeId: newWriteId(),
    });
    return (await users.replace(before, after, moment)) ? after : null;
  };

  return change(() => liveUser(users, userId, moment), ifMatch, write, moment);
}
