/** What is logged about one exchange: operation, ids, sizes, times, but no content. */

import { type Level, log } from "../log.ts";
import { metricLine } from "../metrics.ts";
import type { Response } from "./response.ts";

const MAX_FRAMES = 50;
const MAX_FRAME_LENGTH = 256;

/**
 * One request and its response; attributes are set as they become known.
 *
 * `idName` is the name of the record's id in the log: userId or assetId.
 */
export class Exchange {
  private readonly started = process.hrtime();
  operation = "unknown";
  recordId: string | null = null;
  requestBytes = 0;

  constructor(
    private readonly idName: string,
    private readonly requestId: string,
    private readonly coldStart: boolean,
  ) {}

  /** Write the fault line of an exception that became `status`, 500 or 503. */
  logFault(error: unknown, status: number): void {
    const { name = "unknown", code } = error as { name?: string; code?: unknown };
    const fields = {
      operation: this.operation,
      requestId: this.requestId,
      fault: name,
      at: frames(error),
      ...(typeof code === "string" && { code }),
    };
    log(levelOf(status), "fault", fields);
    showDeveloper(error);
  }

  /** Write the request line and the metric line. */
  logResponse(response: Response): void {
    const [seconds, nanoseconds] = process.hrtime(this.started);
    const latency = seconds * 1_000_000 + Math.floor(nanoseconds / 1000);
    const { operation, requestId, requestBytes, coldStart } = this;
    const { status, problem } = response;
    const recordId = response.recordId ?? this.recordId;
    const fields = {
      operation,
      requestId,
      status,
      requestBytes,
      responseBytes: Buffer.byteLength(response.body ?? ""),
      durationMicroseconds: latency,
      coldStart,
      ...(problem !== undefined && { problem }),
      ...(recordId !== null && { [this.idName]: recordId }),
    };
    const measured = { operation, status, latency, coldStart };
    log(levelOf(status), "request", fields, metricLine(measured));
  }
}

function levelOf(status: number): Level {
  if (status === 500) return "error";
  return status === 503 ? "warn" : "info";
}

/**
 * Write messages, stacks and causes to the descriptor that a local stack reads.
 *
 * On AWS the variable is not set: messages quote data, which must not be logged.
 */
function showDeveloper(error: unknown): void {
  const descriptor = process.env["DEVELOPER_TRACE_FD"];
  if (descriptor === undefined) return;
  // These are not imports, so nothing is loaded for this until there is a fault to
  // show.
  const { inspect } = process.getBuiltinModule("node:util");
  const { appendFileSync } = process.getBuiltinModule("node:fs");
  appendFileSync(Number(descriptor), `${inspect(error)}\n`);
}

const FRAMES = new WeakMap<Error, readonly string[]>();

// An error's `stack` begins with its message, which quotes data and may look like a
// frame. Only this hook of V8 gets the frames themselves; the text of the stack is
// unchanged.
Error.prepareStackTrace = (error, sites) => {
  FRAMES.set(error, sites.map(frame));
  return [String(error), ...sites].join("\n    at ");
};

/** Return `file:line function` for each frame, the innermost last; no messages. */
function frames(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return ["unknown:0 unknown"];
  void error.stack;
  const found = FRAMES.get(error) ?? ["unknown:0 unknown"];
  return [...found].reverse().slice(-MAX_FRAMES);
}

function frame(site: NodeJS.CallSite): string {
  const file = (site.getFileName() ?? "unknown").replace(/^.*[/\\]/, "");
  const position = `${file.replace(/[^A-Za-z0-9_.-]/g, "_")}:${site.getLineNumber() ?? 0}`;
  return `${position} ${functionName(site)}`.slice(0, MAX_FRAME_LENGTH).trimEnd();
}

function functionName(site: NodeJS.CallSite): string {
  const type = site.getTypeName();
  const name = site.getFunctionName() ?? "anonymous";
  return type === null || type === "Object" || name.includes(".")
    ? name
    : `${type}.${name}`;
}
