/** A route: the checks that run, in order, before an operation is called. */

import { createHash } from "node:crypto";
import { IDEMPOTENCY_KEY as KEY_SCHEMA } from "@contract/schemas";
import type { Clock } from "../clock.ts";
import { MalformedRequest, NotFound, UnsupportedMediaType } from "../errors.ts";
import { type EntityTags, readEntityTags } from "../etags.ts";
import type { IdempotencyKey } from "../idempotency.ts";
import { isUlid } from "../ids.ts";
import { type JsonValue, readJson } from "../json-reader.ts";
import { type Body, readBody } from "../validation.ts";
import { isSupported, type MediaTypes, NO_BODY } from "./media-type.ts";
import { NO_PARAMETERS, type Parameters, type Query, readQuery } from "./query.ts";
import type { Request } from "./request.ts";
import type { Response } from "./response.ts";

/** The names of headers that a route reads. */
export type Headers = readonly string[];
export const NO_HEADERS: Headers = [];
export const IF_MATCH: Headers = ["if-match"];
export const IF_NONE_MATCH: Headers = ["if-none-match"];
export const IDEMPOTENCY_KEY: Headers = ["idempotency-key"];

// The pattern excludes the comma, with which a gateway joins two headers of one name.
const KEY_PATTERN = new RegExp(KEY_SCHEMA.pattern, "u");

/** A request that passed every check that needs neither a model nor a store. */
export class Call {
  constructor(
    readonly recordId: string,
    readonly value: JsonValue,
    readonly query: Query,
    readonly ifMatch: EntityTags | null,
    readonly ifNoneMatch: EntityTags | null,
    readonly idempotency: IdempotencyKey | null,
    readonly clock: Clock,
  ) {}

  /** Return the body as a `body`; throws `ValidationFailed`. */
  body<Model>(body: Body<Model>): Model {
    return readBody(body, this.value, this.clock.now);
  }
}

/** One operation: its name in the contract, its function, and what it reads. */
export class Route<Stores> {
  /** Without `mediaTypes` it reads no body; it reads each of `headers`. */
  constructor(
    readonly operation: string,
    readonly respond: (stores: Stores, call: Call) => Promise<Response>,
    private readonly mediaTypes: MediaTypes = NO_BODY,
    private readonly headers: Headers = NO_HEADERS,
    private readonly parameters: Parameters = NO_PARAMETERS,
  ) {}

  /** Return the call for `request`; the checks run in the contract's order. */
  call(request: Request, idName: string, clock: Clock): Call {
    const recordId = this.recordId(request, idName);
    const data = this.bodyBytes(request);
    const value = this.mediaTypes.length > 0 ? readJson(data) : null;
    const ifMatch = this.entityTags(request, "if-match");
    const ifNoneMatch = this.entityTags(request, "if-none-match");
    const idempotency = this.idempotency(request, data);
    const query = readQuery(request.query, this.parameters);
    return new Call(recordId, value, query, ifMatch, ifNoneMatch, idempotency, clock);
  }

  /** Return the id in the path, or "" if the route has none. */
  private recordId(request: Request, idName: string): string {
    if (!request.route.includes(`{${idName}}`)) return "";
    const recordId = request.path.get(idName) ?? "";
    if (!isUlid(recordId)) throw new NotFound();
    return recordId;
  }

  private bodyBytes(request: Request): Buffer {
    if (this.mediaTypes.length === 0) return Buffer.alloc(0);
    if (!isSupported(request.header("content-type"), this.mediaTypes)) {
      throw new UnsupportedMediaType();
    }
    return request.boundedBytes();
  }

  private header(request: Request, name: string): string | null {
    return this.headers.includes(name) ? request.header(name) : null;
  }

  private entityTags(request: Request, name: string): EntityTags | null {
    const value = this.header(request, name);
    return value === null ? null : readEntityTags(value);
  }

  private idempotency(request: Request, data: Buffer): IdempotencyKey | null {
    const key = this.header(request, "idempotency-key");
    if (key === null) return null;
    if (!KEY_PATTERN.test(key)) throw new MalformedRequest();
    return { key, bodySha256: createHash("sha256").update(data).digest("hex") };
  }
}
