/** The operations on users as routes: each turns a call into a response. */

import { USER_EMAIL } from "@contract/schemas";
import { JSON_ONLY, MERGE_PATCH, NO_BODY } from "../shared/http/media-type.ts";
import {
  limitFault,
  noFault,
  type Parameters,
  readSlice,
  textFault,
} from "../shared/http/query.ts";
import {
  created,
  noContent,
  notModified,
  ok,
  type Response,
} from "../shared/http/response.ts";
import {
  type Call,
  IDEMPOTENCY_KEY,
  IF_MATCH,
  IF_NONE_MATCH,
  NO_HEADERS,
  Route,
} from "../shared/http/route.ts";
import { asciiLower } from "../shared/text.ts";
import { USER_CREATE, USER_PATCH } from "./bodies.ts";
import { createUser } from "./create-user.ts";
import { deleteUser } from "./delete-user.ts";
import { getUser } from "./get-user.ts";
import { listUsers } from "./list-users.ts";
import type { UserStore } from "./model.ts";
import { replaceUser } from "./replace-user.ts";
import { updateUser } from "./update-user.ts";
import { userPageView, userView } from "./view.ts";

async function create(users: UserStore, call: Call): Promise<Response> {
  const body = call.body(USER_CREATE);
  const user = await createUser(users, body, call.idempotency, call.clock);
  return created("users", user.userId, user.version, userView(user));
}

async function list(users: UserStore, call: Call): Promise<Response> {
  const wanted = readSlice(call.query);
  const email = call.query.get("email");
  const address = email === undefined ? null : asciiLower(email);
  const page = await listUsers(users, wanted, address, call.clock);
  return ok(userPageView(page));
}

async function get(users: UserStore, call: Call): Promise<Response> {
  const user = await getUser(users, call.recordId, call.clock);
  if (call.ifNoneMatch?.matchWeakly(user.version)) return notModified(user.version);
  return ok(userView(user), user.version);
}

async function replace(users: UserStore, call: Call): Promise<Response> {
  const body = call.body(USER_CREATE);
  const user = await replaceUser(users, call.recordId, body, call.ifMatch, call.clock);
  return ok(userView(user), user.version);
}

async function update(users: UserStore, call: Call): Promise<Response> {
  const patch = call.body(USER_PATCH);
  const user = await updateUser(users, call.recordId, patch, call.ifMatch, call.clock);
  return ok(userView(user), user.version);
}

async function remove(users: UserStore, call: Call): Promise<Response> {
  await deleteUser(users, call.recordId, call.ifMatch, call.clock);
  return noContent();
}

const QUERY: Parameters = new Map([
  ["limit", limitFault],
  ["cursor", noFault],
  ["email", textFault(USER_EMAIL)],
]);

/**
 * For each `routeKey` of API Gateway: the operation, its function, and what it reads.
 */
export const USER_ROUTES: ReadonlyMap<string, Route<UserStore>> = new Map([
  ["POST /users", new Route("createUser", create, JSON_ONLY, IDEMPOTENCY_KEY)],
  ["GET /users", new Route("listUsers", list, NO_BODY, NO_HEADERS, QUERY)],
  ["GET /users/{userId}", new Route("getUser", get, NO_BODY, IF_NONE_MATCH)],
  ["PUT /users/{userId}", new Route("replaceUser", replace, JSON_ONLY, IF_MATCH)],
  ["PATCH /users/{userId}", new Route("updateUser", update, MERGE_PATCH, IF_MATCH)],
  ["DELETE /users/{userId}", new Route("deleteUser", remove, NO_BODY, IF_MATCH)],
]);
