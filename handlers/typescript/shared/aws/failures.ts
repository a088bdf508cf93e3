/** AWS's errors as the service's own: temporary ones, and those that need a fix. */

import type { ResponseMetadata } from "@aws-sdk/types";
import type { Deadline } from "../clock.ts";
import { AwsFault, Unavailable } from "../errors.ts";

// The codes that the SDK itself retries (its service-error-classification).
const TRANSIENT: ReadonlySet<string> = new Set([
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

// The SDK's name for an error whose response has no code.
const NO_CODES: ReadonlySet<string> = new Set(["Error", "SyntaxError", "Unknown"]);

// Those of Node's error codes that mean a network failure; the others mean a wrong
// call.
const OF_THE_NETWORK = /^(?!ERR_)|^ERR_(?:TLS|SSL|STREAM_PREMATURE_CLOSE)/;

/**
 * Return the result of `call`; its errors become `Unavailable` or `AwsFault`.
 *
 * `Unavailable` stands for timeouts, broken connections, throttling and statuses from
 * 500 up, after the SDK's own attempts. It is also raised if there is no time for the
 * call.
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

/** Return the service's error for an error of an AWS client's call. */
function serviceFailure(error: unknown): unknown {
  if (isConnectionError(error)) return new Unavailable(undefined, { cause: error });
  const status = httpStatus(error);
  if (status < 300) return error;
  const code = errorCode(error);
  const passing = TRANSIENT.has(code) || status >= 500;
  return new (passing ? Unavailable : AwsFault)(code, { cause: error });
}

/**
 * Return AWS's error code, which is the error's name in the SDK.
 *
 * If the response has no code (from a proxy, or without a body), it is the HTTP status.
 */
export function errorCode(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  return NO_CODES.has(name) ? String(httpStatus(error)) : name;
}

/** Return the HTTP status of an error, 0 if AWS did not respond. */
export function httpStatus(error: unknown): number {
  return (error as { $metadata?: ResponseMetadata }).$metadata?.httpStatusCode ?? 0;
}

function isConnectionError(error: unknown): boolean {
  if (errorCode(error) === "TimeoutError") return true;
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === "string" && OF_THE_NETWORK.test(code);
}
