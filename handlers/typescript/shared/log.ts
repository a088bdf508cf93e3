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

/** Write a document as a line of compact JSON, at once and whole. */
export function writeLine(document: object): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

/** Write an event, its own members after those that every line has. */
export function log(level: Level, event: string, members: object): void {
  writeLine({
    timestamp: Date.now(),
    level,
    event,
    implementation: IMPLEMENTATION,
    functionVersion: FUNCTION_VERSION,
    ...members,
  });
}
