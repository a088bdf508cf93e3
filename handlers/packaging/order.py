"""The order of `sam build`, and the file that records what was built.

A Makefile build gets only the directory for its result. The runtime and the
architecture, after parameters and mappings, are in the build graph that SAM CLI writes
next to the build directory before it runs any build.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
NOTE = "build.json"


class BuildError(Exception):
    """The package cannot be built; the text is the one line that a user reads."""


@dataclass(frozen=True)
class Order:
    """One function to package into the directory `artefact`.

    `runtime` and `architecture` are Lambda's names (`python3.13`, `x86_64`).
    """

    function: str
    implementation: str
    runtime: str
    architecture: str
    artefact: Path


def carry_out(implementation: str, fill: Callable[[Order], Iterable[str]]) -> int:
    """Package the function that the arguments name; return the exit status.

    `fill` writes everything into the artefact directory except `build.json`. It returns
    the names there that come from sources; the others are dependencies.
    """
    function, artefact = sys.argv[1:]
    try:
        order = read_order(implementation, function, Path(artefact))
        order.artefact.mkdir(parents=True, exist_ok=True)
        sources = fill(order)
    except (BuildError, OSError) as error:
        sys.stderr.write(f"build: {error}\n")
        return 1
    write_note(order, sources)
    settle_modes(order.artefact)
    return 0


def read_order(implementation: str, function: str, artefact: Path) -> Order:
    """Return the order for `function`; raise `BuildError` if SAM CLI wrote none."""
    graph = artefact.parent.parent / "build.toml"
    try:
        definitions = tomllib.loads(graph.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BuildError(f"{graph} is not the build graph of SAM CLI") from error
    for definition in definitions.get("function_build_definitions", {}).values():
        if function in definition.get("functions", ()):
            return _order(implementation, function, artefact, definition)
    raise BuildError(f"{graph} has no build of {function}")


def _order(
    implementation: str, function: str, artefact: Path, definition: dict[str, Any]
) -> Order:
    source = Path(definition["codeuri"]).name
    if source != implementation:
        raise BuildError(f"{function} is built from {source}, not {implementation}")
    return Order(
        function=function,
        implementation=implementation,
        runtime=definition["runtime"],
        architecture=definition["architecture"],
        artefact=artefact,
    )


def write_note(order: Order, sources: Iterable[str]) -> None:
    """Write `build.json` into the package.

    The deploy command compares it with the settings of the deployment. The file also
    makes a change of the runtime alone a change of the code, so that a new version is
    published. It lists what the local stack may replace when a source is saved.
    """
    note = {
        "implementation": order.implementation,
        "runtime": order.runtime,
        "architecture": order.architecture,
        "commit": commit(),
        "sources": sorted(sources),
    }
    text = json.dumps(note, indent=2) + "\n"
    (order.artefact / NOTE).write_text(text, "utf-8")


def commit() -> str:
    """Return the commit's id, with the suffix `-dirty` if files differ from it."""
    describe = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(
            describe, cwd=ROOT, capture_output=True, text=True, check=False
        )
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"


def settle_modes(tree: Path) -> None:
    """Give every entry the same mode on every machine: modes go into the zip."""
    for path in tree.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
