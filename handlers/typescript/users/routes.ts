/** The operations on users as routes: calls in, answers out. */

import { USER_EMAIL } from "@contract/schemas";
import { JSON_ONLY, MERGE_PATCH } from "../shared/http/media-type.ts";
import { limitFault, noFault, readSlice, textFault } from "../shared/http/query.ts";
import {
  created,
  noContent,
  notModified,
  ok,
  type Response,
} from "../shared/http/response.ts";
import { type Call, Route } from "../shared/http/route.ts";
import { asciiLower } from "../shared/text.ts";
import { USER_CREATE, USER_PATCH, USER_REPLACE } from "./bodies.ts";
import { createUser } from "./create-user.ts";
import { deleteUser } from "./delete-user.ts";
import { getUser } from "./get-user.ts";
import { listUsers } from "./list-users.ts";
import type { UserStore } from "./model.ts";
import { replaceUser } from "./replace-user.ts";
import { updateUser } from "./update-user.ts";
import { userPageView, userView } from "./view.ts";

const LIST_PARAMETERS = new Map([
  ["limit", limitFault],
  ["cursor", noFault],
  ["email", textFault(USER_EMAIL)],
]);

/** The operations on the users of one store. */
export class UserRoutes {
  constructor(private readonly users: UserStore) {}

  /** Return the routes by API Gateway's `routeKey`. */
  routes(): ReadonlyMap<string, Route> {
    return new Map([
      [
        "POST /users",
        new Route("createUser", (call) => this.create(call), {
          mediaTypes: JSON_ONLY,
          headers: ["idempotency-key"],
        }),
      ],
      [
        "GET /users",
        new Route("listUsers", (call) => this.list(call), {
          parameters: LIST_PARAMETERS,
        }),
      ],
      [
        "GET /users/{userId}",
        new Route("getUser", (call) => this.get(call), { headers: ["if-none-match"] }),
      ],
      [
        "PUT /users/{userId}",
        new Route("replaceUser", (call) => this.replace(call), {
          mediaTypes: JSON_ONLY,
          headers: ["if-match"],
        }),
      ],
      [
        "PATCH /users/{userId}",
        new Route("updateUser", (call) => this.update(call), {
          mediaTypes: MERGE_PATCH,
          headers: ["if-match"],
        }),
      ],
      [
        "DELETE /users/{userId}",
        new Route("deleteUser", (call) => this.delete(call), { headers: ["if-match"] }),
      ],
    ]);
  }

  private async create(call: Call): Promise<Response> {
    const body = call.body(USER_CREATE);
    const user = await createUser(this.users, body, call.idempotency, call.moment);
    return created("users", user.userId, user.version, userView(user));
  }

  private async list(call: Call): Promise<Response> {
    const wanted = readSlice(call.query);
    const email = call.query.get("email");
    const address = email === undefined ? null : asciiLower(email);
    const page = await listUsers(this.users, wanted, address, call.moment);
    return ok(userPageView(page));
  }

  private async get(call: Call): Promise<Response> {
    const user = await getUser(this.users, call.recordId, call.moment);
    if (call.ifNoneMatch?.matchWeakly(user.version)) return notModified(user.version);
    return ok(userView(user), user.version);
  }

  private async replace(call: Call): Promise<Response> {
    const body = call.body(USER_REPLACE);
    const { recordId, ifMatch, moment } = call;
    const user = await replaceUser(this.users, recordId, body, ifMatch, moment);
    return ok(userView(user), user.version);
  }

  private async update(call: Call): Promise<Response> {
    const patch = call.body(USER_PATCH);
    const { recordId, ifMatch, moment } = call;
    const user = await updateUser(this.users, recordId, patch, ifMatch, moment);
    return ok(userView(user), user.version);
  }

  private async delete(call: Call): Promise<Response> {
    await deleteUser(this.users, call.recordId, call.ifMatch, call.moment);
    return noContent();
  }
}
