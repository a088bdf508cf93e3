/** The users function: the operations on users, and getHealth. */

import { getHealth } from "./health/get-health.ts";
import { healthView } from "./health/view.ts";
import { dynamodbClient, environment } from "./shared/aws/clients.ts";
import { Table } from "./shared/aws/table.ts";
import { Entry, type LambdaContext } from "./shared/http/entry.ts";
import { ok, type Response } from "./shared/http/response.ts";
import { Route } from "./shared/http/route.ts";
import { KEY } from "./users/items.ts";
import { UserRoutes } from "./users/routes.ts";
import { DynamoUserStore } from "./users/store.ts";

async function health(): Promise<Response> {
  return ok(healthView(getHealth()));
}

/** Make the function's one entry, from its environment. */
function entry(): Entry {
  const table = new Table(dynamodbClient(), environment("USERS_TABLE"), KEY);
  const store = new DynamoUserStore(table, Number(environment("LIST_SHARDS")));
  const users = new UserRoutes(store);
  const routes = new Map(users.routes());
  return new Entry(KEY, routes.set("GET /health", new Route("getHealth", health)));
}

const ENTRY = entry();

/** Answer an event of API Gateway, or the warming rule's. */
export async function handler(event: unknown, context: LambdaContext): Promise<object> {
  return ENTRY.answer(event, context);
}
