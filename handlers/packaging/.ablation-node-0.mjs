// Bundle TypeScript into one CommonJS file each, its sources' and the contract's.
//
//   node handlers/packaging/bundle.mjs RUNTIME DIRECTORY ENTRY...
//
// RUNTIME is Lambda's name (nodejs24.x); each ENTRY is a path from the project's root.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { generate } from "./contract.mjs";
import { alias, shakableSchemas, versionsOnly } from "./sdk.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const [runtime, outdir, ...entries] = process.argv.slice(2);
await generate();
await build({
  absWorkingDir: ROOT,
  entryPoints: entries,
  outdir,
  bundle: true,
  platform: "node",
  // CommonJS starts faster than ES modules.
  format: "cjs",
  target: `node${runtime.match(/^nodejs(\d+)\.x$/)[1]}`,
  // The SDK's ES modules can be shaken, its CommonJS cannot.
  mainFields: ["main", "module"],
  tsconfig: join(ROOT, "handlers", "typescript", "tsconfig.json"),
  alias,
  plugins: [shakableSchemas, versionsOnly],
  minifyWhitespace: true,
  minifySyntax: true,
  // Names stay: the fault lines of the log tell them.
  minifyIdentifiers: false,
  // The SDK imports node:http when it first needs it. An `import` reads all that module
  // has, and so loads its WebSockets too (20 ms); `require` does not.
  supported: { "dynamic-import": false },
  legalComments: "none",
  logLevel: "warning",
});
