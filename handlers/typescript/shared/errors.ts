/** What can go wrong with a request; `shared/http/problems.ts` has the responses. */

/**
 * One error in a body or a query.
 *
 * `location` is a JSON Pointer (RFC 6901) or the name of a query parameter; `code` is
 * the JSON Schema keyword that is violated.
 */
export interface Fault {
  readonly location: string;
  readonly code: string;
}

/**
 * The request cannot be fulfilled; `problem` names the reason.
 *
 * Each class sets its own `name` for the log, because a bundler may rename classes.
 */
export abstract class ServiceError extends Error {
  abstract readonly problem: string;
  abstract override readonly name: string;
}

/**
 * An error of the client; the log does not show where it was found.
 *
 * So no stack trace is captured, which would be a third of the cost of a refused request.
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

/** The request can be read but is not valid; `kind` is what `Fault.location` is. */
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

/** Other requests changed the record before each attempt to write it. */
export class Conflict extends Refusal {
  readonly problem = "conflict";
  readonly name = "Conflict";
}

/** No entity tag in If-Match is that of the record. */
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

/** The key was used with another body within the last 24 hours. */
export class IdempotencyKeyReused extends Refusal {
  readonly problem = "idempotency-key-reused";
  readonly name = "IdempotencyKeyReused";
}

/** DynamoDB or S3 cannot be reached; `code` is AWS's error code, if there is one. */
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

/** AWS refused a call that should be valid; `code` is its error code. */
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
