/** The operation on the service's health as a route: calls in, answers out. */

import { ok, type Response } from "../shared/http/response.ts";
import { Route } from "../shared/http/route.ts";
import { getHealth } from "./get-health.ts";
import { healthView } from "./view.ts";

async function get(): Promise<Response> {
  return ok(healthView(getHealth()));
}

/** By API Gateway's `routeKey`; it works on no store, whatever the function's are. */
export const HEALTH_ROUTES: ReadonlyMap<string, Route<unknown>> = new Map([
  ["GET /health", new Route("getHealth", get)],
]);
