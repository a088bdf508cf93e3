/** getUser: GET /users/{userId}. */

import { liveUser, type User, type UserStore } from "./model.ts";

/** Return the user, or throw `UserNotFound`; an expired user is not found. */
export function getUser(users: UserStore, userId: string, now: number): Promise<User> {
  return liveUser(users, userId, now);
}
