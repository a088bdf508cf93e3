/** The errors of users, in addition to those that all operations share. */

import { NotFound, Refusal } from "../shared/errors.ts";

/** There is no such user, or it has expired. */
export class UserNotFound extends NotFound {
  override readonly name = "UserNotFound";

  constructor(readonly userId: string) {
    super(userId);
  }
}

/** Another live user has this email address. */
export class EmailTaken extends Refusal {
  readonly problem = "email-taken";
  readonly name = "EmailTaken";

  constructor(readonly email: string) {
    super(email);
  }
}
