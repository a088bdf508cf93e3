/**
 * The log: one JSON object a line, written to standard output and nowhere else.
 *
 * `console` is not used, because Lambda adds a prefix to its lines.
 */

import { IMPLEMENTATION } from "./version.ts";

// A version number, or $LATEST if no version was published.
export const FUNCTION_VERSION = process.env["AWS_LAMBDA_FUNCTION_VERSION"] ?? "$LATEST";

/** The severity of an event. */
export type Level = "info" | "warn" | "error";

/**
 * Write an event and the lines that follow it in one call.
 *
 * A pipe does not keep the boundaries of writes, so one write of two lines has the same
 * result as two. It makes a refused request a tenth cheaper.
 */
export function log(
  level: Level,
  event: string,
  fields: object,
  ...following: readonly object[]
): void {
  const line = {
    timestamp: Date.now(),
    level,
    event,
    implementation: IMPLEMENTATION,
    functionVersion: FUNCTION_VERSION,
    ...fields,
  };
  const lines = [line, ...following].map((one) => `${JSON.stringify(one)}\n`);
  process.stdout.write(lines.join(""));
}
