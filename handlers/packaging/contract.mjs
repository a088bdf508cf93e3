// What the TypeScript functions take from the contract: validators and types, made from
// contract/schemas before each build, so that no schema is parsed when they run.
//
//   node handlers/packaging/contract.mjs     writes build/typescript/contract/

import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Ajv2020 from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { declarations } from "./declarations.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SCHEMAS = join(ROOT, "contract", "schemas");
export const TARGET = join(ROOT, "build", "typescript", "contract");

// What a client sends, by the name of its validator.
const VALIDATED = {
  validateUserCreate: "user-create.json",
  validateUserReplace: "user-replace.json",
  validateUserPatch: "user-patch.json",
  validateAssetCreate: "asset-create.json",
  validateAssetPatch: "asset-patch.json",
  validateEmail: "user.json#/$defs/email",
};

// What a client sends or is answered, by the name of its type.
const TYPES = {
  UserCreate: "user-create.json",
  UserReplace: "user-replace.json",
  UserPatch: "user-patch.json",
  AssetCreate: "asset-create.json",
  AssetPatch: "asset-patch.json",
  User: "user.json",
  UserPage: "user-page.json",
  Asset: "asset.json",
  AssetCreated: "asset-created.json",
  AssetPage: "asset-page.json",
  Download: "download.json",
  Health: "health.json",
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

/** Write the validators and the types; safe beside another that does the same. */
export async function generate() {
  const schemas = await readSchemas();
  await mkdir(TARGET, { recursive: true });
  await Promise.all([
    put("validators.js", validators(schemas)),
    put("validators.d.ts", VALIDATOR_TYPES + signatures()),
    put("types.ts", declarations(schemas, TYPES)),
  ]);
}

/** Write a file at once: nobody ever reads a part of it. */
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

function validators(schemas) {
  const ajv = new Ajv2020({
    schemas,
    allErrors: true,
    messages: false,
    ownProperties: true,
    strict: true,
    allowUnionTypes: true,
    // The schemas of answers and of log lines say some things in their own way.
    strictTypes: false,
    strictRequired: false,
    code: { source: true, esm: true, lines: true },
  });
  return standaloneCode(ajv, VALIDATED);
}

function signatures() {
  const lines = Object.keys(VALIDATED).map(
    (name) => `export declare const ${name}: Validator;\n`,
  );
  return lines.join("");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generate();
