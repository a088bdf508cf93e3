/** listUsers: GET /users. */

import { cutPage, mergePage, type Page, type Slice } from "../shared/pages.ts";
import type { User, UserStore } from "./model.ts";

/** Return live users, newest first; with `email` (in lower case) only its own. */
export async function listUsers(
  users: UserStore,
  wanted: Slice,
  email: string | null,
  now: number,
): Promise<Page<User>> {
  if (email !== null) return cutPage(await users.withEmail(email), wanted, now);
  return mergePage((queries) => users.newest(queries), users.shards, wanted, now);
}
