/**
 * The log: one JSON object a line, written to standard output and nowhere else.
 *
 * `console` is left alone: Lambda puts words of its own before its lines.
 */

import { IMPLEMENTATION } from "./version.ts";

// A version number, or $LATEST where no version was published.
export const FUNCTION_VERSION = process.env["AWS_LAMBDA_FUNCTION_VERSION"] ?? "$LATEST";

/** How much an event matters. */
export type Level = "info" | "warn" | "error";

/**
 * Write an event, and the lines that follow it, all at once and whole.
 *
 * A pipe keeps no bounds between writes, so one for two lines says the same as two, and
 * costs a tenth less of a refused request.
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
