// A client of Node's inspector, as an editor is one: it stops at a line of a source.
//
//   node inspect.mjs PORT BUNDLE SOURCE LINE
//
// Attaches, sets a breakpoint where the source map of the bundle says that the line is,
// and lets the function run. Prints `running`, then where it stopped, and goes on.
// Source: chromedevtools.github.io/devtools-protocol/v8.

import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [port, bundle, source, line] = process.argv.slice(2);

const code = readFileSync(bundle, "utf8");
const [, mapName] = /\n\/\/# sourceMappingURL=(.+)\n$/.exec(code);
const map = new SourceMap(JSON.parse(readFileSync(resolve(bundle, "..", mapName))));

// Where a place in the bundle comes from; both count from 0.
function sourceOf(lineNumber, columnNumber) {
  const { originalSource, originalLine } = map.findEntry(lineNumber, columnNumber);
  if (originalSource === undefined) return null;
  return { path: resolve(bundle, "..", originalSource), line: originalLine + 1 };
}

function placeInBundle() {
  for (const [lineNumber, text] of code.split("\n").entries()) {
    for (let columnNumber = 0; columnNumber < text.length; columnNumber++) {
      const found = sourceOf(lineNumber, columnNumber);
      if (found?.path === source && found.line === Number(line)) {
        return { lineNumber, columnNumber };
      }
    }
  }
  throw new Error(`${source}:${line} is not in ${bundle}`);
}

const [target] = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
const socket = new WebSocket(target.webSocketDebuggerUrl);
const answers = new Map();
const scripts = new Map();
let number = 0;

function ask(method, params = {}) {
  socket.send(JSON.stringify({ id: ++number, method, params }));
  return new Promise((done) => answers.set(number, done));
}

socket.addEventListener("message", async ({ data }) => {
  const { id, method, params, result, error } = JSON.parse(data);
  if (error) throw new Error(error.message);
  if (id) answers.get(id)(result);
  if (method === "Debugger.scriptParsed") scripts.set(params.scriptId, params);
  if (method === "Debugger.paused") {
    const { scriptId, lineNumber, columnNumber } = params.callFrames[0].location;
    const { url, sourceMapURL } = scripts.get(scriptId);
    const file = fileURLToPath(url.startsWith("file:") ? url : `file://${url}`);
    const place = sourceOf(lineNumber, columnNumber);
    console.log(JSON.stringify({ ...place, file, sourceMapURL }));
    await ask("Debugger.resume");
    socket.close();
  }
});
await new Promise((done) => socket.addEventListener("open", done));
await ask("Runtime.enable");
await ask("Debugger.enable");
const urlRegex = bundle.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
await ask("Debugger.setBreakpointByUrl", { urlRegex, ...placeInBundle() });
await ask("Runtime.runIfWaitingForDebugger");
console.log("running");
