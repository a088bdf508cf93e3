// What the TypeScript functions take from the contract: validators, types and bounds,
// made from contract/schemas before each build, so that no schema is parsed when they
// run. handlers/packaging/schemas.py makes the same bounds for the Python functions.
//
//   node handlers/packaging/contract.mjs     writes build/typescript/contract/

import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Ajv2020 from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { declarations } from "./declarations.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CONTRACT = join(ROOT, "contract");
const SCHEMAS = join(CONTRACT, "schemas");
export const TARGET = join(ROOT, "build", "typescript", "contract");

// The keywords that bound a value, and the types of their values.
const KEYWORDS = {
  minimum: "number",
  maximum: "number",
  minLength: "number",
  maxLength: "number",
  pattern: "string",
  enum: "readonly (string | number)[]",
  default: "number",
};

const VALIDATOR_TYPES = `/** What a validator found of one keyword. */
export interface Finding {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Tells whether a value fits; where it does not, \`errors\` has all that was found. */
export interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly Finding[] | null;
}

`;

/** Write all files; several processes may do this at the same time. */
export async function generate() {
  const schemas = await readSchemas();
  const bodies = await readBodies(schemas);
  await mkdir(TARGET, { recursive: true });
  await Promise.all([
    put("validators.js", validators(schemas, bodies)),
    put("validators.d.ts", VALIDATOR_TYPES + signatures(bodies)),
    put("types.ts", declarations(schemas, named("", bodies))),
    put("schemas.ts", constants(schemas)),
  ]);
}

/** Return the schema files of the API's bodies, as openapi.yaml refers to them. */
async function readBodies(schemas) {
  const document = await readFile(join(CONTRACT, "openapi.yaml"), "utf8");
  const files = document.matchAll(/(?<=\$ref: *["']?schemas\/)[\w-]+\.json(?!#)/g);
  const named = new Set([...files].map(([file]) => file));
  return schemas.map(({ $id }) => $id).filter((file) => named.has(file));
}

/** Return the files by the names of what is generated from them. */
function named(prefix, files) {
  return Object.fromEntries(
    files.map((file) => {
      const words = file.replace(/\.json$/, "").split("-");
      const name = words.map((word) => word[0].toUpperCase() + word.slice(1)).join("");
      return [prefix + name, file];
    }),
  );
}

/** Write a file in one step, so that nobody reads an incomplete one. */
async function put(name, text) {
  const scratch = join(TARGET, `.${name}.${process.pid}`);
  await writeFile(scratch, text);
  await rename(scratch, join(TARGET, name));
}

async function readSchemas() {
  const names = (await readdir(SCHEMAS)).filter((name) => name.endsWith(".json"));
  const texts = names.map((name) => readFile(join(SCHEMAS, name), "utf8"));
  return (await Promise.all(texts)).map((text) => JSON.parse(text));
}

function validators(schemas, bodies) {
  const ajv = new Ajv2020({
    schemas,
    allErrors: true,
    messages: false,
    ownProperties: true,
    strict: true,
    allowUnionTypes: true,
    // The schemas of responses and log lines do not follow these two rules.
    strictTypes: false,
    strictRequired: false,
    code: { source: true, esm: true, lines: true },
  });
  // No schema uses unevaluatedProperties or unevaluatedItems. The notes that ajv takes
  // for them have side effects, and so have patterns that may throw: a bundler would
  // keep both, and with them the validators that nothing imports.
  ajv.opts.unevaluated = false;
  const code = standaloneCode(ajv, named("validate", bodies));
  return code.replaceAll("= new RegExp(", "= /* @__PURE__ */ new RegExp(");
}

function signatures(bodies) {
  const names = Object.keys(named("validate", bodies));
  return names.map((name) => `export declare const ${name}: Validator;\n`).join("");
}

/**
 * Return a declaration for each bounded definition or property of each schema.
 *
 * The name begins with that of the file, except for what several schemas share.
 */
function constants(schemas) {
  const fields = Object.entries(KEYWORDS);
  const lines = [
    "/** The keywords of a schema that bound a value. */",
    "export interface Schema {",
    ...fields.map(([name, type]) => `  readonly ${name}?: ${type};`),
    "}",
  ];
  for (const { $id, properties, $defs } of schemas) {
    const prefix = $id === "common.json" ? [] : [$id.replace(/\.json$/, "")];
    for (const [name, node] of Object.entries({ ...properties, ...$defs })) {
      const bounds = Object.keys(KEYWORDS).filter((keyword) => keyword in node);
      if (bounds.length === 0) continue;
      const text = JSON.stringify(node, bounds);
      const constant = constantName([...prefix, name]);
      lines.push(`export const ${constant} = ${text} as const satisfies Schema;`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Return the name of a constant: `asset`, `fileName` is ASSET_FILE_NAME. */
function constantName(words) {
  const spaced = words.join("_").replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_");
  return spaced.replaceAll("-", "_").toUpperCase();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generate();
