"""What each trick gains: our users function beside itself with one trick undone.

    python -m bench.ablation

For each trick the package is copied and the trick taken out of the copy; then init and
first getUser are measured in fresh processes, or of some tricks the warm handler's
getUser, all in turn as `make bench` does. A gain is what the copy needs more, as a part
of what it needs. The spread is that of the rounds: what lies within it is no gain.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bench import packages
from bench.contestants import FLOOR
from bench.document import machine
from bench.measure import FULL, Figures, alone, cold, say, shuffled
from bench.processes import ENVIRONMENT, MeasureError, stub
from bench.ratios import against, spread
from handlers.packaging import python, typescript
from local import node
from local.sam import SamError
from local.stopping import StoppedError, stop_on_signals
from local.template import ROOT, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bench.contestants import Contestant
    from bench.ratios import Spread

PLACE = packages.PLACE / "ablation"
WHOLE = "as it is"


@dataclass(frozen=True, eq=False)
class Trick:
    """A trick, how to take it out of a package, and what else must be set.

    A `warm` one is of use to each request, the others to the start.
    """

    name: str
    undo: Callable[[Path], None]
    warm: bool = False
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
            raise MeasureError(f"{path.name} has no {old!r}: mend bench/ablation.py")
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


PYTHON = (
    Trick("bytecode is shipped", _without_bytecode),
    Trick("botocore's data is cut down", _with_all_data),
    Trick(
        "the collector is off until all is loaded",
        _edited(
            "users_handler.py",
            ("gc.disable()", "pass"),
            ("gc.freeze()", "pass"),
            ("gc.enable()", "pass"),
        ),
    ),
    Trick(
        "the user agent is a constant",
        _edited(
            "shared/aws/clients.py",
            ('    user_agent=f"Boto3/{boto3.__version__}",\n', ""),
        ),
        warm=True,
    ),
    Trick(
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
CACHE = {"NODE_COMPILE_CACHE": str(PLACE / "compile-cache")}
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
    Trick(
        "modules of the SDK that can be shaken",
        _bundled(('["module", "main"]', '["main", "module"]')),
    ),
    Trick("one provider of credentials", _bundled(("  alias,\n", ""))),
    Trick(
        "schemas and versions that are not used are left out",
        _bundled(("plugins: [shakableSchemas, versionsOnly],", "")),
    ),
    Trick(
        "white space and syntax are minified",
        _bundled(
            ("minifyWhitespace: true", "minifyWhitespace: false"),
            ("minifySyntax: true", "minifySyntax: false"),
        ),
    ),
    Trick(
        "node:http is required, not imported",
        _bundled(('supported: { "dynamic-import": false },', "")),
    ),
    # Not done, so its undoing is to do it: see docs/performance.md.
    Trick("no compile cache", _with_compile_cache, environment=CACHE),
    Trick(
        "no middleware for logs and statistics",
        _rewritten(("lighten(client.middlewareStack)", "0")),
        warm=True,
    ),
    Trick(
        "the chain of middleware is kept",
        _rewritten(("cacheMiddleware:!0", "cacheMiddleware:!1")),
        warm=True,
    ),
)


# ---- measuring ------------------------------------------------------------------


def main() -> int:
    """Measure both languages and print the tables."""
    stop_on_signals()
    try:
        with stub() as aws:
            for language, tricks in (("python", PYTHON), ("node", NODE)):
                asyncio.run(measure(language, tricks, aws.endpoint))
    except (SamError, ConfigurationError, MeasureError, OSError) as error:
        sys.stderr.write(f"ablation: {error}\n")
        return 2
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"ablation: {error.stderr or error}\n")
        return 2
    except StoppedError:
        return 130
    return 0


async def measure(language: str, tricks: Sequence[Trick], endpoint: str) -> None:
    """Measure our package and each copy, and print what each trick gains."""
    ours = replace(packages.ours(language), name=WHOLE)
    copies = {}
    for number, trick in enumerate(tricks):
        say(f"{language}: undoing: {trick.name}")
        copies[trick] = _undone(ours, trick, number)
    starts = {one: trick for trick, one in copies.items() if not trick.warm}
    found = {one.name: Figures() for one in (ours, *copies.values())}
    for number in range(-1, FULL.cold_rounds):
        for one in shuffled([ours, *starts], number):
            # The first round is for caches on the disk, and not kept.
            figures = found[one.name] if number >= 0 else Figures()
            environment = starts[one].environment if one in starts else {}
            await cold(one, "get", endpoint, figures, environment)
    warm = [one for trick, one in copies.items() if trick.warm]
    alone([ours, *warm], "get", endpoint, FULL, found)
    report(f"{language}: init and first getUser", "first", found)
    report(f"{language}: warm getUser of the handler", "alone", found)


def _undone(ours: Contestant, trick: Trick, number: int) -> Contestant:
    """Return a copy of our users function without a trick."""
    folder = PLACE / f"{ours.language}-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ours.users.folder, folder)
    trick.undo(folder)
    return replace(ours, name=trick.name, users=replace(ours.users, folder=folder))


def report(title: str, kind: str, found: dict[str, Figures]) -> None:
    """Print what each trick gains of one kind of figures."""
    seconds = {
        name: values["get"]
        for name, figures in found.items()
        if (values := getattr(figures, kind))
    }
    whole = seconds.pop(WHOLE)
    now = spread([value * 1e3 for value in whole], 2)
    print(f"{title}, {now['median']} ms of CPU ({machine()})")
    for name, values in seconds.items():
        print(f"  {name:54} {gain(against(whole, values))}")


def gain(kept: Spread) -> str:
    """Return what a ratio to the copy says of the trick: `-12 % (-13 to -11)`."""
    values = (kept[name] * 100 - 100 for name in ("median", "low", "high"))
    return "{:+.0f} % ({:+.0f} to {:+.0f})".format(*values)


if __name__ == "__main__":
    sys.exit(main())
