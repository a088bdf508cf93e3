/** Imports point one way, and both trees have the same modules. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const HANDLERS = join(process.cwd(), "handlers");

/** The modules of a tree, without suffix, as the TypeScript tree would name them. */
function modules(tree: string, suffix: string): string[] {
  return readdirSync(join(HANDLERS, tree), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(suffix) && !file.includes("__"))
    .map((file) => file.slice(0, -suffix.length).replaceAll("_", "-"))
    .sort();
}

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
    (name) => /^(users|assets|shared|health)/.test(name) && !known.has(name),
  );
  assert.deepEqual(unknown, []);
});

test("shared knows neither users nor assets nor health", () => {
  const known = below("shared").flatMap(imports);
  assert.deepEqual(
    known.filter((name) => /^(users|assets|health)/.test(name)),
    [],
  );
});

test("users and assets know nothing of each other", () => {
  assert.deepEqual(
    below("users")
      .flatMap(imports)
      .filter((name) => /^(assets|health)/.test(name)),
    [],
  );
  assert.deepEqual(
    below("assets")
      .flatMap(imports)
      .filter((name) => /^(users|health)/.test(name)),
    [],
  );
});

test("only the store of objects and shared/aws know AWS", () => {
  const knowing = MODULES.filter((module) =>
    imports(module).some((name) => name.startsWith("@aws-sdk/")),
  );
  assert.deepEqual(
    knowing.filter((module) => !module.startsWith("shared/aws/")),
    ["assets/objects"],
  );
});

test("HTTP and AWS know nothing of each other", () => {
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

test("operations know neither stores nor routes nor HTTP nor AWS", () => {
  const operations = MODULES.filter((module) =>
    /^(users|assets)\/[a-z]+-[a-z]+$/.test(module),
  );
  assert.equal(operations.length, 13);
  assert.deepEqual(
    operations
      .flatMap(imports)
      .filter((name) =>
        /\/(store|routes|items|objects|view)$|shared\/(http|aws)\//.test(name),
      ),
    [],
  );
});

test("standard output has one writer, and console none", () => {
  const writers = MODULES.filter((module) => {
    const source = readFileSync(join(HANDLERS, "typescript", `${module}.ts`), "utf8");
    return /process\.stdout|console\./.test(source);
  });
  assert.deepEqual(writers, ["shared/log"]);
});
