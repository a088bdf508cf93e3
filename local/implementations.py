"""The facts about each implementation that the template does not have."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from handlers.packaging import python as python_packages
from handlers.packaging import typescript as typescript_packages
from handlers.packaging.order import BuildError
from local import node
from local.lambda_.runtimes import PYTHON
from local.lambda_.traces import in_python_sources, in_typescript_sources
from local.model import Function
from local.template import ConfigurationError, load, runtimes


@dataclass(frozen=True, slots=True)
class Implementation:
    """One implementation: its stack, and how its code is built on this machine.

    `runtime` returns the Lambda runtime that this machine runs. `sources` are the
    folders that a developer edits, and `inputs` the other paths that its build reads;
    both are relative to the project's root. `refresh` updates deployed packages from
    the sources. `locate` returns a function's trace with positions in the sources.
    `parameters` are the parameters of its deployment.
    """

    name: str
    stack: str
    runtime: Callable[[], str]
    sources: tuple[str, ...]
    inputs: tuple[str, ...]
    refresh: Callable[[Sequence[Function]], None]
    locate: Callable[[Function, str], str]
    parameters: tuple[tuple[str, str], ...] = ()


def named(name: str) -> Implementation:
    """Return an implementation by name; raise `ConfigurationError` if unknown."""
    for one in IMPLEMENTATIONS:
        if one.name == name:
            return one
    raise ConfigurationError(f"no interpreter is known for {name}")


# ---- Python ---------------------------------------------------------------------


def python_runtime() -> str:
    """Return the runtime of the Python that the sandboxes run."""
    ask = "import sys; print('python%d.%d' % sys.version_info[:2])"
    command = [str(PYTHON), "-c", ask]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ConfigurationError(f"{PYTHON} does not run") from error
    return done.stdout.strip()


def refresh_python(functions: Sequence[Function]) -> None:
    """Copy the sources into the packages, for files saved while the stack runs."""
    for function in functions:
        python_packages.replace_sources(function.logical_id, function.package)


# ---- TypeScript -----------------------------------------------------------------


def typescript_runtime() -> str:
    """Return the newest of the template's runtimes whose Node is on this machine."""
    reasons = []
    for runtime in runtimes(load(), "typescript").values():
        try:
            node.interpreter(runtime)
        except ConfigurationError as error:
            reasons.append(error)
        else:
            return runtime
    raise reasons[0]


def refresh_typescript(functions: Sequence[Function]) -> None:
    """Write new bundles into the packages, for files saved while the stack runs.

    If the sources cannot be bundled, the function fails at its start and reports the
    reason: as with Python, the saved files are the ones that run. A debugger needs
    source maps. They name the sources relative to the folder of the bundle, so the
    bundle is made in a folder as deep as a package's.
    """
    maps = any(function.debug_port is not None for function in functions)
    beside = functions[0].package.parent
    with tempfile.TemporaryDirectory(prefix=".", dir=beside) as folder:
        fresh = Path(folder)
        ids = [function.logical_id for function in functions]
        try:
            runtime = functions[0].runtime
            typescript_packages.bundle(runtime, ids, fresh, source_maps=maps)
        except BuildError as error:
            broken = f"throw new SyntaxError({json.dumps(str(error))});\n"
            for name in ids:
                (fresh / typescript_packages.bundle_of(name)).write_text(
                    broken, "utf-8"
                )
        for function in functions:
            name = typescript_packages.bundle_of(function.logical_id)
            for file in fresh.glob(f"{name}.map"):
                _replace(file, function)
            _replace(fresh / name, function)


def _replace(fresh: Path, function: Function) -> None:
    """Replace a file of a package atomically: a sandbox may start at any time."""
    staged = function.package / f".{fresh.name}"
    shutil.copyfile(fresh, staged)
    staged.replace(function.package / fresh.name)


# The first owns the data. Each other one uses that data and is served at the next port.
IMPLEMENTATIONS = (
    Implementation(
        name="python",
        stack="parity-python",
        runtime=python_runtime,
        sources=("handlers/python", "contract/schemas"),
        inputs=("handlers/packaging",),
        refresh=refresh_python,
        locate=in_python_sources,
    ),
    Implementation(
        name="typescript",
        stack="parity-typescript",
        runtime=typescript_runtime,
        sources=("handlers/typescript", "contract/schemas"),
        inputs=("contract/openapi.yaml", "handlers/packaging", "package-lock.json"),
        refresh=refresh_typescript,
        locate=in_typescript_sources,
        parameters=(("DataStack", "parity-python"),),
    ),
)
