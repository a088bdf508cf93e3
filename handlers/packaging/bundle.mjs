// Bundle each entry, with its sources and the contract's, into one CommonJS file.
//
//   node handlers/packaging/bundle.mjs [--source-maps] RUNTIME DIRECTORY ENTRY...
//
// RUNTIME is Lambda's name (nodejs24.x); each ENTRY is a path from the project's root.
// With --source-maps, each bundle has its map next to it and names it in its last line;
// deployed bundles have none.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { generate } from "./contract.mjs";
import { alias, shakableSchemas, versionsOnly } from "./sdk.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const given = process.argv.slice(2);
const sourcemap = given[0] === "--source-maps" && "linked";
const [runtime, outdir, ...entries] = sourcemap ? given.slice(1) : given;
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
  // A bundler can remove unused code from the SDK's ES modules, not from its CommonJS.
  mainFields: ["module", "main"],
  tsconfig: join(ROOT, "handlers", "typescript", "tsconfig.json"),
  alias,
  plugins: [shakableSchemas, versionsOnly],
  minifyWhitespace: true,
  minifySyntax: true,
  // Names stay, because the fault lines of the log show them.
  minifyIdentifiers: false,
  // The SDK imports node:http when it first needs it. An `import` reads all exports of
  // that module, and so loads WebSockets too (20 ms); `require` does not.
  supported: { "dynamic-import": false },
  legalComments: "none",
  sourcemap,
  sourcesContent: false,
  logLevel: "warning",
});
