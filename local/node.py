"""Finds the Node that runs a Lambda runtime on this machine."""

from __future__ import annotations

import functools
import platform
import shutil
import subprocess

from local.template import ROOT, ConfigurationError

PACKAGES = ROOT / "node_modules"
MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def interpreter(runtime: str) -> str:
    """Return the path of the Node for a runtime (`nodejs24.x`).

    This is the machine's own Node if its major version is the runtime's, else the one
    pinned in package.json. Raises `ConfigurationError` if neither is installed.
    """
    major = runtime.removeprefix("nodejs").removesuffix(".x")
    found = _own(major) or _pinned(major)
    if found is None:
        raise ConfigurationError(
            f"no Node {major} is here; install the pinned one with: make setup"
        )
    return found


def _own(major: str) -> str | None:
    node = shutil.which("node")
    return node if node and _version(node).startswith(f"v{major}.") else None


@functools.cache
def _version(node: str) -> str:
    """Return the version that a Node prints; "" if it does not start."""
    done = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=False
    )
    return done.stdout if done.returncode == 0 else ""


def _pinned(major: str) -> str | None:
    """Return the binary of the npm package for this platform, if it is installed."""
    machine = MACHINES.get(platform.machine().lower(), "unknown")
    package = f"node{major}-{platform.system().lower()}-{machine}"
    binary = PACKAGES / package / "bin" / "node"
    return str(binary) if binary.is_file() else None
