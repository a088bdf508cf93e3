"""Our optimizations, and how each is taken out of a copy of our users function."""

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
    """A optimization, how to take it out of a package, and what else must be set.

    A `warm` one is of use to each request, the others to the start. One that is
    `missing` is not in our package: to undo it is to do it.
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
    """Put back botocore's data as it comes; the floor's package has all of it."""
    whole = packages.peer("python", FLOOR).users.folder / "botocore" / "data"
    shutil.rmtree(folder / "botocore" / "data")
    shutil.copytree(whole, folder / "botocore" / "data")


def _edited(file: str, *changes: tuple[str, str]) -> Callable[[Path], None]:
    """Return what replaces texts in a module, and compiles it anew."""

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
                f"{path.name} has no {old!r}: mend lab/bench/optimizations.py"
            )
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


PYTHON = (
    Optimization(
        "bytecode is shipped, which no time of a file makes stale", _without_bytecode
    ),
    Optimization(
        "botocore's data is cut down to the operations called", _with_all_data
    ),
    Optimization(
        "the collector is off until all is loaded, which it then leaves alone",
        _edited(
            "users_handler.py",
            ("gc.disable()", "pass"),
            ("gc.freeze()", "pass"),
            ("gc.enable()", "pass"),
        ),
    ),
    Optimization(
        "botocore is given its user agent",
        _edited(
            "shared/aws/clients.py",
            ('    user_agent=f"Boto3/{boto3.__version__}",\n', ""),
        ),
        warm=True,
    ),
    Optimization(
        "parameters are not held against botocore's models",
        _edited("shared/aws/clients.py", ("    parameter_validation=False,\n", "")),
        warm=True,
    ),
)


# ---- TypeScript -----------------------------------------------------------------


def _bundled(*changes: tuple[str, str]) -> Callable[[Path], None]:
    """Return what bundles anew, with texts of bundle.mjs replaced."""

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
    """Return what replaces texts in the bundle itself."""
    return lambda folder: _replace(folder / "users-handler.js", changes)


# Where the cache stands; Node writes it as it exits, or when it is told to.
CACHE = {"NODE_COMPILE_CACHE": str(FOLDER / "compile-cache")}
FILL = "require(process.argv[1]); require('node:module').flushCompileCache();"


def _with_compile_cache(folder: Path) -> None:
    """Fill a cache with what Node compiles of the bundle."""
    command = [node.interpreter(packages.runtime("node")), "-e", FILL]
    subprocess.run(
        [*command, str(folder / "users-handler.js")],
        env={**ENVIRONMENT, **CACHE, "AWS_REGION": "us-east-1"},
        capture_output=True,
        check=True,
    )


NODE = (
    Optimization(
        "ES modules of the SDK, which a bundler can shake",
        _bundled(('["module", "main"]', '["main", "module"]')),
    ),
    Optimization(
        "one provider of credentials, not the SDK's chain", _bundled(("  alias,\n", ""))
    ),
    Optimization(
        "schemas and versions that are not used are left out",
        _bundled(("plugins: [shakableSchemas, versionsOnly],", "")),
    ),
    Optimization(
        "white space and syntax are minified",
        _bundled(
            ("minifyWhitespace: true", "minifyWhitespace: false"),
            ("minifySyntax: true", "minifySyntax: false"),
        ),
    ),
    Optimization(
        "`node:http` is required, not imported",
        _bundled(('supported: { "dynamic-import": false },', "")),
    ),
    # See docs/performance.md for why it is not done.
    Optimization(
        "a compile cache, which is not there: what it would gain",
        _with_compile_cache,
        missing=True,
        environment=CACHE,
    ),
    Optimization(
        "no middleware that prepares a log or a statistic",
        _rewritten(("lighten(client.middlewareStack)", "0")),
        warm=True,
    ),
    Optimization(
        "the chain of middleware is kept",
        _rewritten(("cacheMiddleware:!0", "cacheMiddleware:!1")),
        warm=True,
    ),
    Optimization(
        "a client's configuration is made quick to copy",
        _rewritten(("toFastproperties(client.config)", "0")),
        warm=True,
    ),
)

BY_LANGUAGE = {"python": PYTHON, "node": NODE}
