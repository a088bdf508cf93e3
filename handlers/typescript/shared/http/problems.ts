/** Errors as problem documents (RFC 9457): one table has all statuses and titles. */

import { ServiceError, ValidationFailed } from "../errors.ts";
import { jsonText, type Response } from "./response.ts";

const RETRY_AFTER_SECONDS = 1;

const PROBLEMS: ReadonlyMap<string, readonly [status: number, title: string]> = new Map(
  [
    ["malformed-request", [400, "The request cannot be read"]],
    ["validation-failed", [400, "The request does not fit its schema"]],
    ["invalid-cursor", [400, "The cursor cannot be read"]],
    ["not-found", [404, "There is no such resource"]],
    ["conflict", [409, "The resource kept changing"]],
    ["email-taken", [409, "Another user has this email address"]],
    ["asset-not-uploaded", [409, "The asset has not been uploaded"]],
    ["precondition-failed", [412, "The resource has changed"]],
    ["payload-too-large", [413, "The body is over 65536 octets"]],
    ["unsupported-media-type", [415, "The body is not of a supported media type"]],
    ["idempotency-key-reused", [422, "The idempotency key was used with another body"]],
    ["internal", [500, "The service failed"]],
    ["unavailable", [503, "The service is unavailable"]],
  ],
);

/**
 * Return the problem that a client sees for `error`; an unforeseen one is internal.
 *
 * The response has no details of the error except the faults of an invalid request.
 */
export function problemResponse(error: unknown): Response {
  const name = error instanceof ServiceError ? error.problem : "internal";
  const [status, title] = PROBLEMS.get(name) ?? [500, ""];
  const document = {
    type: `urn:problem:${name}`,
    title,
    status,
    ...(error instanceof ValidationFailed && {
      errors: error.faults.map(({ location, code }) => ({
        [error.kind]: location,
        code,
      })),
    }),
  };
  const headers: Record<string, string> = {
    "content-type": "application/problem+json",
  };
  if (name === "unavailable") headers["retry-after"] = String(RETRY_AFTER_SECONDS);
  return { status, headers, body: jsonText(document), problem: name };
}
