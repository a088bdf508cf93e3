// The runtime of a Node sandbox: runs a function's package as AWS's nodejs runtime does.
//
// Source: "Using the Lambda runtime API for custom runtimes", "Define Lambda function
// handler in Node.js", and the published source of AWS's own runtime interface client
// for Node, whose words stand in the errors and before the lines of `console`.

import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const { env, stdout } = process;
// As AWS's runtime does, not by `import`: that reads all that the module has, and so loads
// its WebSockets too, which a handler would find there at no cost of its own.
const http = process.getBuiltinModule("node:http");
const BASE = `http://${env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
// Without a timeout: `next` answers when there is work, whenever that is.
const agent = new http.Agent({ keepAlive: true });
const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"];

// The invocation at work; "undefined" is what AWS writes while there is none.
let requestId;

class RuntimeError extends Error {
  constructor(kind, message, cause) {
    super(message);
    this.name = `Runtime.${kind}`;
    if (cause?.stack) this.stack = cause.stack;
  }
}

// ---- the log ------------------------------------------------------------------------

// Lambda's words before each line of `console`: a handler that uses it for its log
// writes other lines than one that writes to standard output.
function decorateConsole() {
  for (const level of LEVELS) {
    console[level] = (message, ...more) => write(level, format(message, ...more));
  }
  console.log = (message, ...more) => write("info", format(message, ...more));
}

function write(level, text) {
  const time = new Date().toISOString();
  const line = [time, String(requestId), level.toUpperCase(), text].join("\t");
  stdout.write(`${line.replaceAll("\n", "\r")}\n`);
}

function report(title, error) {
  const { name: errorType, message: errorMessage, code } = error;
  const stack = String(error.stack).split("\n");
  let fields;
  try {
    fields = JSON.stringify({ errorType, errorMessage, code, ...error, stack });
  } catch {
    fields = JSON.stringify({ errorType, errorMessage, stack }); // it holds itself
  }
  write("error", `${title} \t${fields}`);
}

// What a handler wrote must stand in the pipe before its answer is sent.
async function written() {
  if (stdout.writableLength > 0) await new Promise((done) => stdout.write("", done));
}

// ---- the Runtime API ----------------------------------------------------------------

async function call(method, path, body, headers = {}) {
  const request = http.request(`${BASE}${path}`, { agent, method, headers });
  request.end(body);
  const [answer] = await once(request, "response"); // or the request's error
  const content = Buffer.concat(await answer.toArray());
  return { headers: answer.headers, body: content.toString() };
}

async function post(path, document, headers) {
  await written();
  const type = { "content-type": "application/json" };
  await call("POST", path, document, { ...type, ...headers });
}

function postError(path, error) {
  const { name: errorType, message: errorMessage, stack } = error;
  const trace = String(stack).split("\n");
  // A header holds no control characters, a class may well be named with some.
  const kind = String(errorType).replace(/[^ -~]/g, "?");
  const headers = { "lambda-runtime-function-error-type": kind };
  return post(path, JSON.stringify({ errorType, errorMessage, trace }), headers);
}

function turn() {
  return new Promise((done) => setImmediate(done));
}

// ---- the function -------------------------------------------------------------------

async function load(name) {
  const parts = /^([^.]+)\.([^.]+)$/.exec(name);
  if (!parts) throw new RuntimeError("MalformedHandlerName", "Bad handler");
  const [, file, exported] = parts;
  const whole = join(env.LAMBDA_TASK_ROOT, file);
  const path = [".js", ".mjs", ".cjs"].map((end) => whole + end).find(existsSync);
  if (!path) {
    const message = `Error: Cannot find module '${file}'`;
    throw new RuntimeError("ImportModuleError", message);
  }
  const found = await importOf(path);
  const handler = found[exported] ?? found.default?.[exported];
  if (typeof handler !== "function") {
    const message = `${name} is undefined or not exported`;
    throw new RuntimeError("HandlerNotFound", message);
  }
  // Refused since nodejs24.x, and used by nothing here.
  if (handler.length > 2) {
    const message = "Callback-based handlers are not supported; return a promise";
    throw new RuntimeError("CallbackHandlerDeprecated", message);
  }
  return handler;
}

async function importOf(path) {
  try {
    return await import(pathToFileURL(path));
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeError("UserCodeSyntaxError", String(error), error);
    }
    if (["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].includes(error?.code)) {
      throw new RuntimeError("ImportModuleError", String(error), error);
    }
    throw error;
  }
}

function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const clientContext = headers["lambda-runtime-client-context"];
  return {
    // Of callbacks alone; a handler that returns a promise is not asked.
    callbackWaitsForEmptyEventLoop: true,
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    clientContext: clientContext && JSON.parse(clientContext),
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

async function serve(handler) {
  // One turn of the loop: a rejection that nobody handled belongs to the start.
  await turn();
  for (;;) {
    const { headers, body } = await call("GET", "/invocation/next");
    env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"];
    const context = contextOf(headers);
    requestId = context.awsRequestId;
    await answer(handler, JSON.parse(body), context);
    requestId = undefined;
  }
}

async function answer(handler, event, context) {
  const path = `/invocation/${context.awsRequestId}`;
  let result;
  try {
    result = JSON.stringify((await handler(event, context)) ?? null);
    await turn(); // such a rejection now belongs to this request
  } catch (thrown) {
    const error = errorOf(thrown);
    report("Invoke Error", error);
    await postError(`${path}/error`, error);
    return;
  }
  await post(`${path}/response`, result);
}

function errorOf(thrown) {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

// ---- the end of it ------------------------------------------------------------------

// Ends the sandbox after an error that nothing caught, as an error of the invocation at
// work, or else of the start.
async function die(title, error, code) {
  const path = requestId ? `/invocation/${requestId}/error` : "/init/error";
  try {
    report(title, error);
    await postError(path, error);
  } finally {
    process.exit(code);
  }
}

decorateConsole();
process.on("uncaughtException", (thrown) => {
  die("Uncaught Exception", errorOf(thrown), 129);
});
process.on("unhandledRejection", (reason) => {
  const error = new RuntimeError("UnhandledPromiseRejection", String(reason), reason);
  die("Unhandled Promise Rejection", error, 128);
});

load(env._HANDLER).then(serve, (thrown) =>
  die("Uncaught Exception", errorOf(thrown), 129),
);
