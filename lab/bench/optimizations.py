"""Our optimizations, and how to remove each from a copy of our users function."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from handlers.packaging import python, typescript
from lab.bench import packages
from lab.bench.candidates import FLOOR
from lab.bench.measuring.processes import ENVIRONMENT
from lab.sandboxed import MeasureError
from local import node
from local.template import ROOT

FOLDER = packages.FOLDER / "ablation"


@dataclass(frozen=True, eq=False)
class Optimization:
    """An optimization, how to remove it from a package, and the environment it needs.

    A `warm` optimization makes each request faster, the others the start. A `missing`
    one is not in our package: `undo` adds it to the copy.
    """

    name: str
    undo: Callable[[Path], None]
    warm: bool = False
    missing: bool = False
    environment: dict[str, str] = field(default_factory=dict)


# ---- Python ---------------------------------------------------------------------


def _without_bytecode(folder: Path) -> None:
    for path in folder.rglob("*.pyc"):
        path.unlink()


def _with_all_data(folder: Path) -> None:
    """Restore all of botocore's data, from the package of the floor."""
    whole = packages.peer("python", FLOOR).users.folder / "botocore" / "data"
    shutil.rmtree(folder / "botocore" / "data")
    shutil.copytree(whole, folder / "botocore" / "data")


def _edited(file: str, *changes: tuple[str, str]) -> Callable[[Path], None]:
    """Return a function that replaces texts in a module and compiles it again."""

    def undo(folder: Path) -> None:
        _replace(folder / file, changes)
        runtime = packages.runtime("python")
        python.compile_to_bytecode(runtime, [folder / file], folder)

    return undo


def _replace(path: Path, changes: Sequence[tuple[str, str]]) -> None:
    text = path.read_text("utf-8")
    for old, new in changes:
        if old not in text:
            raise MeasureError(
                f"{path.name} has no {old!r}; update lab/bench/optimizations.py"
            )
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


PYTHON = (
    Optimization(
        "ships bytecode that is valid whatever the files' times", _without_bytecode
    ),
    Optimization("ships botocore's data of the called operations only", _with_all_data),
    Optimization(
        "garbage collector is off while modules load, then skips them",
        _edited(
            "users_handler.py",
            ("gc.disable()", "pass"),
            ("gc.freeze()", "pass"),
            ("gc.enable()", "pass"),
        ),
    ),
    Optimization(
        "passes botocore a ready user agent",
        _edited(
            "shared/aws/clients.py",
            ('    user_agent=f"Boto3/{boto3.__version__}",\n', ""),
        ),
        warm=True,
    ),
    Optimization(
        "botocore does not validate parameters",
        _edited("shared/aws/clients.py", ("    parameter_validation=False,\n", "")),
        warm=True,
    ),
)


# ---- TypeScript -----------------------------------------------------------------


def _bundled(*changes: tuple[str, str]) -> Callable[[Path], None]:
    """Return a function that bundles again, with texts of bundle.mjs replaced."""

    def undo(folder: Path) -> None:
        script = typescript.BUNDLER.with_name(f".ablation-{folder.name}.mjs")
        shutil.copyfile(typescript.BUNDLER, script)
        try:
            _replace(script, changes)
            typescript.run(
                *["node", str(script), packages.runtime("node"), str(folder)],
                str((typescript.SOURCE / "users-handler.ts").relative_to(ROOT)),
            )
        finally:
            script.unlink()

    return undo


def _rewritten(*changes: tuple[str, str]) -> Callable[[Path], None]:
    """Return a function that replaces texts in the bundle itself."""
    return lambda folder: _replace(folder / "users-handler.js", changes)


# The folder of the cache. Node writes it at exit, or on `flushCompileCache`.
CACHE = {"NODE_COMPILE_CACHE": str(FOLDER / "compile-cache")}
FILL = "require(process.argv[1]); require('node:module').flushCompileCache();"


def _with_compile_cache(folder: Path) -> None:
    """Fill a compile cache with the code of the bundle."""
    command = [node.interpreter(packages.runtime("node")), "-e", FILL]
    subprocess.run(
        [*command, str(folder / "users-handler.js")],
        env={**ENVIRONMENT, **CACHE, "AWS_REGION": "us-east-1"},
        capture_output=True,
        check=True,
    )


NODE = (
    Optimization(
        "bundles the SDK's ES modules, so that unused code is dropped",
        _bundled(('["module", "main"]', '["main", "module"]')),
    ),
    Optimization(
        "bundles one credentials provider, not the SDK's chain",
        _bundled(("  alias,\n", "")),
    ),
    Optimization(
        "leaves out unused schemas and versions",
        _bundled(("plugins: [shakableSchemas, versionsOnly],", "")),
    ),
    Optimization(
        "minifies white space and syntax",
        _bundled(
            ("minifyWhitespace: true", "minifyWhitespace: false"),
            ("minifySyntax: true", "minifySyntax: false"),
        ),
    ),
    Optimization(
        "requires `node:http` instead of importing it",
        _bundled(('supported: { "dynamic-import": false },', "")),
    ),
    # docs/performance.md says why our package has none.
    Optimization(
        "compile cache (not used: what it would gain)",
        _with_compile_cache,
        missing=True,
        environment=CACHE,
    ),
    Optimization(
        "removes middleware that prepares logs and statistics",
        _rewritten(("lighten(client.middlewareStack)", "0")),
        warm=True,
    ),
    Optimization(
        "caches the chain of middleware",
        _rewritten(("cacheMiddleware:!0", "cacheMiddleware:!1")),
        warm=True,
    ),
    Optimization(
        "makes a client's configuration quick to copy",
        _rewritten(("toFastproperties(client.config)", "0")),
        warm=True,
    ),
)

BY_LANGUAGE = {"python": PYTHON, "node": NODE}
