"""Package one TypeScript function: `... -m handlers.packaging.typescript NAME DIR`.

The same inputs give the same tree, byte by byte: one bundle, and `build.json`.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from handlers.packaging.env_vars import provide
from handlers.packaging.order import ROOT, BuildError, Order, carry_out

SOURCE = ROOT / "handlers" / "typescript"
BUNDLER = ROOT / "handlers" / "packaging" / "bundle.mjs"
PACKAGES = ROOT / "node_modules"

HANDLERS = {
    "UsersFunction": "users-handler.ts",
    "AssetsFunction": "assets-handler.ts",
}


def package(order: Order) -> list[str]:
    """Write the bundle into the artefact directory, and return its name."""
    install()
    bundle(order.runtime, [order.function], order.artefact)
    return [bundle_of(order.function)]


def install() -> None:
    """Install the pinned packages if they are not installed yet, without their scripts.

    Builds may run in parallel: the second one waits for the packages of the first.
    """
    lock = ROOT / "build" / "node-packages.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not (PACKAGES / "esbuild").is_dir():
            run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")


def bundle(
    runtime: str,
    functions: Sequence[str],
    target: Path,
    *,
    source_maps: bool = False,
) -> None:
    """Write the bundles for the runtime; raise `BuildError` on any failure.

    A source map is next to its bundle, as `<bundle>.map`, and has the sources' paths
    relative to itself.
    """
    entries = [
        str((SOURCE / HANDLERS[function]).relative_to(ROOT)) for function in functions
    ]
    flags = ["--source-maps"] if source_maps else []
    run("node", str(BUNDLER), *flags, runtime, str(target.resolve()), *entries)


def bundle_of(function: str) -> str:
    """Return the name of a function's bundle in its package."""
    return str(Path(HANDLERS[function]).with_suffix(".js"))


def run(*command: str) -> None:
    """Run a command at the project's root; raise `BuildError` if it fails."""
    if shutil.which(command[0]) is None:
        raise BuildError(f"{command[0]} not found; install Node 20 or later with npm")
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        # esbuild writes what is wrong, and where on the next line.
        raise BuildError(" ".join(lines[:2]) or f"{command[0]} failed")


if __name__ == "__main__":
    provide()
    sys.exit(carry_out("typescript", package))
