/** The users function: the operations on users, and getHealth. */

import { HEALTH_ROUTES } from "./health/routes.ts";
import { dynamodbClient, environment } from "./shared/aws/clients.ts";
import { Table } from "./shared/aws/table.ts";
import { Entry, type LambdaContext } from "./shared/http/entry.ts";
import type { Route } from "./shared/http/route.ts";
import { KEY } from "./users/items.ts";
import type { UserStore } from "./users/model.ts";
import { USER_ROUTES } from "./users/routes.ts";
import { DynamoUserStore } from "./users/store.ts";

/** Make the function's one entry from its environment variables. */
function entry(): Entry<UserStore> {
  const table = new Table(dynamodbClient(), environment("USERS_TABLE"), KEY);
  const store = new DynamoUserStore(table, Number(environment("LIST_SHARDS")));
  const routes = new Map<string, Route<UserStore>>([...USER_ROUTES, ...HEALTH_ROUTES]);
  return new Entry(KEY, routes, store);
}

const ENTRY = entry();

/** Answer an event of API Gateway or of the warming rule. */
export async function handler(event: unknown, context: LambdaContext): Promise<object> {
  return ENTRY.answer(event, context);
}
