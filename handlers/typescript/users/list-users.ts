/** listUsers: GET /users. */

import type { Moment } from "../shared/moment.ts";
import {
  cutPage,
  mergePage,
  type Page,
  type ShardQuery,
  type Slice,
} from "../shared/pages.ts";
import type { User, UserStore } from "./model.ts";

/** Return live users, newest first; with `email` (in lower case) only its own. */
export async function listUsers(
  users: UserStore,
  wanted: Slice,
  email: string | null,
  moment: Moment,
): Promise<Page<User>> {
  if (email !== null) {
    return cutPage(await users.withEmail(email, moment), wanted, moment.now);
  }

  const ask = (queries: readonly ShardQuery[]) => users.newest(queries, moment);

  return mergePage(ask, users.shards, wanted, moment.now);
}
