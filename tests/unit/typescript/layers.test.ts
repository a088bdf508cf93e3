/** Imports point one way, and both implementations have the same modules. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const HANDLERS = join(process.cwd(), "handlers");

/** The modules of a folder without suffix, named as in TypeScript. */
function modules(tree: string, suffix: string): string[] {
  return readdirSync(join(HANDLERS, tree), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(suffix) && !file.includes("__"))
    .map((file) => file.slice(0, -suffix.length).replaceAll("_", "-"))
    .sort();
}

/** The modules of the operations by package, which is the first segment of the path. */
const OPERATIONS = new Map<string, string[]>();
const OPENAPI = readFileSync(join(process.cwd(), "contract", "openapi.yaml"), "utf8");
let folder = "";
for (const [, path, name] of OPENAPI.matchAll(
  /^ {2}\/([a-z]+)|^ {6}operationId: (\w+)$/gm,
)) {
  if (path !== undefined) folder = path;
  if (name === undefined) continue;
  const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  OPERATIONS.set(folder, [...(OPERATIONS.get(folder) ?? []), `${folder}/${kebab}`]);
}
const PACKAGES = [...OPERATIONS.keys()];

const MODULES = modules("typescript", ".ts");

function imports(module: string): string[] {
  const source = readFileSync(join(HANDLERS, "typescript", `${module}.ts`), "utf8");
  return [...source.matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)";/gms)].map(
    ([, name = ""]) =>
      name.startsWith(".") ? join(dirname(module), name).replace(/\.ts$/, "") : name,
  );
}

function below(folder: string): string[] {
  return MODULES.filter((module) => module.startsWith(`${folder}/`));
}

test("both implementations have the same modules", () => {
  assert.deepEqual(MODULES, modules("python", ".py"));
});

test("every import of the project is a module", () => {
  const known = new Set(MODULES);
  const unknown = MODULES.flatMap(imports).filter(
    (name) =>
      [...PACKAGES, "shared"].some((one) => name.startsWith(one)) && !known.has(name),
  );
  assert.deepEqual(unknown, []);
});

for (const own of [...PACKAGES, "shared"]) {
  test(`${own} imports no other package of operations`, () => {
    const others = PACKAGES.filter((one) => one !== own);
    assert.deepEqual(
      below(own)
        .flatMap(imports)
        .filter((name) => others.some((other) => name.startsWith(`${other}/`))),
      [],
    );
  });
}

test("only the store of objects and shared/aws import AWS's clients", () => {
  const knowing = MODULES.filter((module) =>
    imports(module).some((name) => name.startsWith("@aws-sdk/")),
  );
  assert.deepEqual(
    knowing.filter((module) => !module.startsWith("shared/aws/")),
    ["assets/objects"],
  );
});

test("HTTP and AWS do not import each other", () => {
  assert.deepEqual(
    below("shared/http")
      .flatMap(imports)
      .filter((name) => name.startsWith("shared/aws")),
    [],
  );
  assert.deepEqual(
    below("shared/aws")
      .flatMap(imports)
      .filter((name) => name.startsWith("shared/http")),
    [],
  );
});

test("each operation has a module in the package of its path", () => {
  assert.deepEqual(
    [...OPERATIONS.values()].flat().filter((name) => !MODULES.includes(name)),
    [],
  );
});

test("operations and their steps import neither stores, routes, HTTP nor AWS", () => {
  const operations = PACKAGES.flatMap(below).filter(
    (module) => !/\/(store|routes|items|objects|sigv4|view)$/.test(module),
  );
  assert.deepEqual(
    operations
      .flatMap(imports)
      .filter((name) =>
        /\/(store|routes|items|objects|view)$|shared\/(http|aws)\//.test(name),
      ),
    [],
  );
});

test("only the log writes to standard output, and nothing uses console", () => {
  const writers = MODULES.filter((module) => {
    const source = readFileSync(join(HANDLERS, "typescript", `${module}.ts`), "utf8");
    return /process\.stdout|console\./.test(source);
  });
  assert.deepEqual(writers, ["shared/log"]);
});
