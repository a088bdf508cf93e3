/**
 * The operation on the service's health as a route: it turns a call into a response.
 */

import { ok, type Response } from "../shared/http/response.ts";
import { Route } from "../shared/http/route.ts";
import { getHealth } from "./get-health.ts";
import { healthView } from "./view.ts";

async function get(): Promise<Response> {
  return ok(healthView(getHealth()));
}

/** By API Gateway's `routeKey`; it uses no store, so it fits every function. */
export const HEALTH_ROUTES: ReadonlyMap<string, Route<unknown>> = new Map([
  ["GET /health", new Route("getHealth", get)],
]);
