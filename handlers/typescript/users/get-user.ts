/** getUser: GET /users/{userId}. */

import type { Clock } from "../shared/clock.ts";
import { liveUser, type User, type UserStore } from "./model.ts";

/** Return the user, or throw `UserNotFound`; an expired user is not found. */
export function getUser(users: UserStore, userId: string, clock: Clock): Promise<User> {
  return liveUser(users, userId, clock);
}
