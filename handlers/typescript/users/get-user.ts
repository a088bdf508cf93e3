/** getUser: GET /users/{userId}. */

import type { Moment } from "../shared/moment.ts";
import { liveUser, type User, type UserStore } from "./model.ts";

/** Return the user, or throw `UserNotFound`; an expired user is not found. */
export function getUser(
  users: UserStore,
  userId: string,
  moment: Moment,
): Promise<User> {
  return liveUser(users, userId, moment);
}
