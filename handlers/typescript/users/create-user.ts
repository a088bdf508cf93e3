/** createUser: POST /users. */

import { type IdempotencyKey, repeatedRecord } from "../shared/idempotency.ts";
import { newUlid, newWriteId } from "../shared/ids.ts";
import type { Moment } from "../shared/moment.ts";
import type { UserCreate } from "./bodies.ts";
import { liveUser, User, type UserStore } from "./model.ts";

/**
 * Create a user, or return the one that the same request created before.
 *
 * Throws `EmailTaken`; under a key also `IdempotencyKeyReused`, and `UserNotFound`
 * when the user it created is gone.
 */
export async function createUser(
  users: UserStore,
  body: UserCreate,
  idempotency: IdempotencyKey | null,
  moment: Moment,
): Promise<User> {
  const user = new User({
    userId: newUlid(moment.now),
    email: body.email,
    name: body.name,
    department: body.department ?? null,
    expiresAt: body.expiresAt ?? null,
    createdAt: moment.now,
    updatedAt: moment.now,
    version: 1,
    writeId: newWriteId(),
  });
  const first = await users.create(user, idempotency, moment);
  if (first === null) return user;
  return liveUser(users, repeatedRecord(first, idempotency), moment);
}
