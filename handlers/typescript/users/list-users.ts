/** listUsers: GET /users. */

import type { Clock } from "../shared/clock.ts";
import {
  cutPage,
  mergePage,
  type Page,
  type ShardQuery,
  type Slice,
} from "../shared/pages.ts";
import type { User, UserStore } from "./model.ts";

/** Return live users, newest first; with `email` (lower case), only its users. */
export async function listUsers(
  users: UserStore,
  wanted: Slice,
  email: string | null,
  clock: Clock,
): Promise<Page<User>> {
  if (email !== null) {
    return cutPage(await users.withEmail(email, clock), wanted, clock.now);
  }

  const ask = (queries: readonly ShardQuery[]) => users.newest(queries, clock);

  return mergePage(ask, users.shards, wanted, clock.now);
}
