/** createUser: POST /users. */

import type { Clock } from "../shared/clock.ts";
import { type IdempotencyKey, repeatedRecord } from "../shared/idempotency.ts";
import { newUlid } from "../shared/ids.ts";
import type { UserCreate } from "./bodies.ts";
import { liveUser, type User, type UserStore, userOf } from "./model.ts";

/**
 * Create a user, or return the one that the same request created before.
 *
 * Throws `EmailTaken`. With an idempotency key, also throws `IdempotencyKeyReused`, and
 * `UserNotFound` if the user it created is gone.
 */
export async function createUser(
  users: UserStore,
  body: UserCreate,
  idempotency: IdempotencyKey | null,
  clock: Clock,
): Promise<User> {
  const kept = { userId: newUlid(clock.now), createdAt: clock.now, version: 1 };
  const user = userOf(body, kept, clock.now);
  const first = await users.create(user, idempotency, clock);
  if (first === null) return user;
  return liveUser(users, repeatedRecord(first, idempotency), clock);
}
