/** Events of API Gateway, and the lines that a function writes. */

import type { TestContext } from "node:test";
import { ID } from "./support.ts";

export const CONTEXT = {
  awsRequestId: "invocation",
  getRemainingTimeInMillis: () => 29_000,
};

export const event = (routeKey: string, userId = ID) => ({
  routeKey,
  pathParameters: { userId },
  requestContext: { http: {}, requestId: "gateway" },
  headers: { "x-request-id": "client" },
});

/** The text that is written to standard output while the test runs. */
export function logged(context: TestContext): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  context.mock.method(process.stdout, "write", (text: string) => {
    for (const line of text.trimEnd().split("\n")) lines.push(JSON.parse(line));
    return true;
  });
  return lines;
}
