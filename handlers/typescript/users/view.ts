/** A user as clients see it (contract/schemas/user.json). */

import type * as contract from "@contract/types";
import { pageView, present } from "../shared/page-view.ts";
import type { Page } from "../shared/pages.ts";
import type { User } from "./model.ts";

/** Return the user; optional fields that are not set are left out. */
export function userView(user: User): contract.User {
  return present(user.shown());
}

/** Return a page of users, with a cursor if there may be more. */
export function userPageView(page: Page<User>): contract.UserPage {
  return pageView(page, userView);
}
