/** AWS's failures as the service's own: to wait and try again, or to be mended. */

import type { ResponseMetadata } from "@aws-sdk/types";
import type { Deadline } from "../clock.ts";
import { AwsFault, Unavailable } from "../errors.ts";

// What the SDK itself retries (its service-error-classification).
const PASSING: ReadonlySet<string> = new Set([
  "BandwidthLimitExceeded",
  "LimitExceededException",
  "PriorRequestNotComplete",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "RequestTimeout",
  "RequestTimeoutException",
  "SlowDown",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
  "TransactionInProgressException",
]);

// What the SDK calls an error whose answer has no code in it.
const NO_CODES: ReadonlySet<string> = new Set(["Error", "SyntaxError", "Unknown"]);

// Of Node's own codes these tell of the network; the others tell of a wrong call.
const OF_THE_NETWORK = /^(?!ERR_)|^ERR_(?:TLS|SSL|STREAM_PREMATURE_CLOSE)/;

/**
 * Return what `call` returns; throws `Unavailable` or `AwsFault` for what it throws.
 *
 * Unavailable are timeouts, broken connections, throttling and answers from 500 up,
 * after the SDK's own attempts; and a call that there is no time for.
 */
export async function serviceFailures<Answer>(
  deadline: Deadline,
  call: () => Promise<Answer>,
): Promise<Answer> {
  deadline.requireTime();
  try {
    return await call();
  } catch (error) {
    throw serviceFailure(error);
  }
}

/** Return what to throw for what a call of an AWS client threw. */
function serviceFailure(error: unknown): unknown {
  if (isConnectionError(error)) return new Unavailable(undefined, { cause: error });
  const status = httpStatus(error);
  if (status < 300) return error;
  const code = errorCode(error);
  const passing = PASSING.has(code) || status >= 500;
  return new (passing ? Unavailable : AwsFault)(code, { cause: error });
}

/**
 * Return AWS's code of an error, which the SDK gives as its name.
 *
 * Where the answer had none it is the HTTP status: a proxy's, or one without a body.
 */
export function errorCode(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  return NO_CODES.has(name) ? String(httpStatus(error)) : name;
}

/** Return the HTTP status of an error, 0 where AWS did not answer. */
export function httpStatus(error: unknown): number {
  return (error as { $metadata?: ResponseMetadata }).$metadata?.httpStatusCode ?? 0;
}

function isConnectionError(error: unknown): boolean {
  if (errorCode(error) === "TimeoutError") return true;
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === "string" && OF_THE_NETWORK.test(code);
}
