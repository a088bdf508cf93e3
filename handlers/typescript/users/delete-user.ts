/** deleteUser: DELETE /users/{userId}. */

import { change } from "../shared/changes.ts";
import type { Clock } from "../shared/clock.ts";
import type { EntityTags } from "../shared/etags.ts";
import { liveUser, type User, type UserStore } from "./model.ts";

/**
 * Delete the user and free its email address.
 *
 * Throws `UserNotFound`, `PreconditionFailed` and `Conflict`.
 */
export async function deleteUser(
  users: UserStore,
  userId: string,
  ifMatch: EntityTags | null,
  clock: Clock,
): Promise<void> {
  const write = async (before: User): Promise<User | null> =>
    (await users.delete(before, clock)) ? before : null;

  await change(() => liveUser(users, userId, clock), ifMatch, write, clock.deadline);
}
