/** What can go wrong with a request, as facts; `shared/http/problems.ts` maps them. */

/**
 * One thing wrong with a body or a query.
 *
 * `place` is a JSON Pointer (RFC 6901) or the name of a query parameter, `code` the
 * JSON Schema keyword that does not hold.
 */
export interface Fault {
  readonly location: string;
  readonly code: string;
}

/**
 * The request cannot be answered as asked; `problem` names the reason.
 *
 * Each class says its own `name`, for the log: a bundler may rename classes.
 */
export abstract class ServiceError extends Error {
  abstract readonly problem: string;
  abstract override readonly name: string;
}

/**
 * The client's own matter; no line of the log tells where it was found.
 *
 * So no trace of calls is taken, which is a third of what a refusal costs.
 */
export abstract class Refusal extends ServiceError {
  constructor(message?: string) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = limit;
  }
}

/** The event, the body or a header cannot be read at all. */
export class MalformedRequest extends Refusal {
  readonly problem = "malformed-request";
  readonly name = "MalformedRequest";
}

/** The request can be read but does not fit; `kind` is what `Fault.place` is. */
export class ValidationFailed extends Refusal {
  readonly problem = "validation-failed";
  readonly name = "ValidationFailed";

  constructor(
    readonly kind: "pointer" | "parameter",
    readonly faults: readonly Fault[],
  ) {
    super(kind);
  }
}

/** The cursor was not made by this service. */
export class InvalidCursor extends Refusal {
  readonly problem = "invalid-cursor";
  readonly name = "InvalidCursor";
}

/** There is no such route or record. */
export class NotFound extends Refusal {
  readonly problem = "not-found";
  readonly name: string = "NotFound";
}

/** The record was changed by others before each attempt to write it. */
export class Conflict extends Refusal {
  readonly problem = "conflict";
  readonly name = "Conflict";
}

/** No entity tag of If-Match is that of the record. */
export class PreconditionFailed extends Refusal {
  readonly problem = "precondition-failed";
  readonly name = "PreconditionFailed";
}

/** The body is over the limit. */
export class PayloadTooLarge extends Refusal {
  readonly problem = "payload-too-large";
  readonly name = "PayloadTooLarge";
}

/** The operation does not read a body of this media type. */
export class UnsupportedMediaType extends Refusal {
  readonly problem = "unsupported-media-type";
  readonly name = "UnsupportedMediaType";
}

/** The key was used within 24 hours, with another body. */
export class IdempotencyKeyReused extends Refusal {
  readonly problem = "idempotency-key-reused";
  readonly name = "IdempotencyKeyReused";
}

/** DynamoDB or S3 is out of reach; `code` is AWS's error code, if it gave one. */
export class Unavailable extends ServiceError {
  readonly problem = "unavailable";
  readonly name = "Unavailable";

  constructor(
    readonly code?: string,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}

/** AWS refused a call that ought to be right; `code` is its error code. */
export class AwsFault extends ServiceError {
  readonly problem = "internal";
  readonly name = "AwsFault";

  constructor(
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}
