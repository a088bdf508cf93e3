/** The bodies that clients send for users: the contract's schemas, bounds in time. */

import type { UserCreate, UserPatch } from "@contract/types";
import { validateUserCreate, validateUserPatch } from "@contract/validators";
import { asciiLower } from "../shared/text.ts";
import type { Body } from "../shared/validation.ts";

export type { UserCreate, UserPatch };

// A user that has just expired is still in the index, and lists must skip it.
const USER_LIFETIME_MIN_MS =
  1_000 * Number(process.env["MIN_USER_LIFETIME_SECONDS"] ?? "60");
const USER_LIFETIME_MAX_MS = 315_360_000_000; // 3,650 days

/** Check the bounds of expiresAt, which depend on the time. */
function withinALifetime(
  body: { expiresAt?: number | null },
  now: number,
): ReadonlyMap<string, string> {
  const expiresAt = body.expiresAt;
  if (typeof expiresAt !== "number") return new Map();
  if (expiresAt < now + USER_LIFETIME_MIN_MS)
    return new Map([["/expiresAt", "minimum"]]);
  if (expiresAt <= now + USER_LIFETIME_MAX_MS) return new Map();
  return new Map([["/expiresAt", "maximum"]]);
}

function withAddress<Model extends { email?: string }>(body: Model): Model {
  return body.email === undefined ? body : { ...body, email: asciiLower(body.email) };
}

/** The body of createUser, and of replaceUser, which removes what is left out. */
export const USER_CREATE: Body<UserCreate> = {
  validate: validateUserCreate,
  further: withinALifetime,
  settled: withAddress,
};

/**
 * The body of updateUser: a JSON Merge Patch (RFC 7396).
 *
 * A field that was not sent is absent; one sent as null is removed.
 */
export const USER_PATCH: Body<UserPatch> = {
  validate: validateUserPatch,
  further: withinALifetime,
  settled: withAddress,
};
