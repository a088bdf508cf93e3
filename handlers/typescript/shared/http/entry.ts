/** The entry of a function: an event becomes a call, and its result a response. */

import { type Clock, Deadline } from "../clock.ts";
import { NotFound } from "../errors.ts";
import { isUlid } from "../ids.ts";
import { log } from "../log.ts";
import { Exchange } from "./exchange.ts";
import { problemResponse } from "./problems.ts";
import { type Request, readRequest, requestIdOf } from "./request.ts";
import { type Rendered, type Response, rendered } from "./response.ts";
import type { Route } from "./route.ts";

/** The part of Lambda's context object that is read. */
export interface LambdaContext {
  readonly awsRequestId: string;
  /** Return how long the function may still run. */
  getRemainingTimeInMillis(): number;
}

/** The response to the warming rule. */
export interface Warmed {
  readonly warmed: true;
}

/**
 * A Lambda function: its routes by `routeKey`, and the stores that they use.
 *
 * `idName` is the name of the record's id in the path: userId or assetId.
 */
export class Entry<Stores> {
  private cold = true;

  constructor(
    private readonly idName: string,
    private readonly routes: ReadonlyMap<string, Route<Stores>>,
    private readonly stores: Stores,
  ) {}

  /** Answer one event; never throws. */
  async answer(event: unknown, context: LambdaContext): Promise<Rendered | Warmed> {
    const coldStart = this.cold;
    this.cold = false;
    if (isWarming(event)) {
      log("info", "warming", { coldStart });
      return { warmed: true };
    }
    const requestId = requestIdOf(event) ?? context.awsRequestId;
    const exchange = new Exchange(this.idName, requestId, coldStart);
    const deadline = new Deadline(() => context.getRemainingTimeInMillis());
    const clock: Clock = { now: Date.now(), deadline };
    const response = await this.responseTo(event, clock, exchange);
    exchange.logResponse(response);
    return rendered(response, requestId);
  }

  /** Return the response; only this method catches every exception. */
  private async responseTo(
    event: unknown,
    clock: Clock,
    exchange: Exchange,
  ): Promise<Response> {
    try {
      return await this.respond(readRequest(event), clock, exchange);
    } catch (error) {
      const response = problemResponse(error);
      if (response.status >= 500) exchange.logFault(error, response.status);
      return response;
    }
  }

  private respond(
    request: Request,
    clock: Clock,
    exchange: Exchange,
  ): Promise<Response> {
    exchange.requestBytes = request.byteCount();
    const route = this.routes.get(request.route);
    if (route === undefined) throw new NotFound();
    exchange.operation = route.operation;
    const recordId = request.path.get(this.idName) ?? "";
    exchange.recordId = isUlid(recordId) ? recordId : null;
    return route.respond(this.stores, route.call(request, this.idName, clock));
  }
}

/** Return whether the event is exactly {"warming": true}, from the warming rule. */
function isWarming(event: unknown): boolean {
  if (typeof event !== "object" || event === null || Array.isArray(event)) return false;
  return (
    Object.keys(event).length === 1 && "warming" in event && event.warming === true
  );
}
