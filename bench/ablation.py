"""What each trick gains: our users function beside itself with one trick undone.

    python -m bench.ablation

For each trick the package is copied and the trick taken out of the copy; init and first
getUser are then measured in fresh processes, all in turn as `make bench` does. A gain
is what the copy needs more, as a part of what it needs. The spread is that of the
rounds: what lies within it is no gain.
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
from bench.measure import FULL, Figures, cold, say, turned
from bench.processes import MeasureError, stub
from bench.ratios import against, spread
from handlers.packaging import python, typescript
from local.sam import SamError
from local.template import ROOT, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bench.contestants import Contestant
    from bench.ratios import Spread

PLACE = packages.PLACE / "ablation"
WHOLE = "as it is"


@dataclass(frozen=True)
class Trick:
    """A trick, how to take it out of a package, and what else must be set."""

    name: str
    undo: Callable[[Path], None]
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
        "the session is given its credentials",
        _edited("shared/aws/clients.py", ("_SESSION = _session()", "_SESSION = boto3")),
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
    Trick(
        "no compile cache",
        lambda _: None,
        {"NODE_COMPILE_CACHE": str(PLACE / "compile-cache")},
    ),
)


# ---- measuring ------------------------------------------------------------------


def main() -> int:
    """Measure both languages and print the tables."""
    try:
        with stub() as aws:
            for language, tricks in (("python", PYTHON), ("node", NODE)):
                report(language, asyncio.run(measured(language, tricks, aws.endpoint)))
    except (SamError, ConfigurationError, MeasureError, OSError) as error:
        sys.stderr.write(f"ablation: {error}\n")
        return 2
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"ablation: {error.stderr or error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


async def measured(
    language: str, tricks: Sequence[Trick], endpoint: str
) -> dict[str, Figures]:
    """Return the figures of the package and of each copy, by the trick's name."""
    ours = packages.ours(language)
    environments: dict[str, dict[str, str]] = {WHOLE: {}}
    contestants = [replace(ours, name=WHOLE)]
    for number, trick in enumerate(tricks):
        say(f"{language}: undoing: {trick.name}")
        contestants.append(_undone(ours, trick, number))
        environments[trick.name] = trick.environment
    found = {one.name: Figures() for one in contestants}
    for round_number in range(-1, FULL.cold_rounds):
        for one in turned(contestants, round_number):
            # The first round is for caches on the disk, and not kept.
            figures = found[one.name] if round_number >= 0 else Figures()
            await cold(one, "get", endpoint, figures, environments[one.name])
    return found


def _undone(ours: Contestant, trick: Trick, number: int) -> Contestant:
    """Return a copy of our users function without a trick."""
    folder = PLACE / f"{ours.language}-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ours.users.folder, folder)
    trick.undo(folder)
    return replace(ours, name=trick.name, users=replace(ours.users, folder=folder))


def report(language: str, found: dict[str, Figures]) -> None:
    """Print what each trick gains."""
    whole = found.pop(WHOLE).first["get"]
    now = spread([seconds * 1e3 for seconds in whole], 1)
    print(f"{language}: init and first getUser {now['median']} ms ({machine()})")
    for name, figures in found.items():
        kept = against(whole, figures.first["get"])
        print(f"  {name:54} {gain(kept)}")


def gain(kept: Spread) -> str:
    """Return what a ratio to the copy says of the trick: `-12 % (-13 to -11)`."""
    values = (kept[name] * 100 - 100 for name in ("median", "low", "high"))
    return "{:+.0f} % ({:+.0f} to {:+.0f})".format(*values)


if __name__ == "__main__":
    sys.exit(main())
