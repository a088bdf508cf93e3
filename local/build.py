"""`sam build` for this machine, only when something it reads has changed."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from handlers.packaging import python as python_packages
from local.sam import sam
from local.template import ROOT, TEMPLATE, ConfigurationError, load, track

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.deploy import Function

STATE = ROOT / ".local"

# The sandboxes run on this interpreter, so packages are built for it.
SANDBOX_PYTHON = ROOT / ".venv" / "lambda" / "bin" / "python"


@dataclass(frozen=True)
class Build:
    """A built template and the parameters it was built with; `fresh` if just now."""

    implementation: str
    template: Path
    parameters: dict[str, str]
    fresh: bool


def build(implementation: str) -> Build:
    """Build an implementation for this machine into `.local/<implementation>/build`.

    Raises `SamError` or `ConfigurationError`, each with the one line to show.
    """
    place = STATE / implementation
    template = place / "build" / "template.yaml"
    digest = place / "build.digest"
    parameters = machine_parameters(implementation)
    wanted = _digest(implementation, parameters)
    if template.is_file() and digest.is_file() and digest.read_text("utf-8") == wanted:
        return Build(implementation, template, parameters, fresh=False)
    digest.unlink(missing_ok=True)
    sam(_arguments(place, parameters), place / "build.log", os.environ)
    for package in sorted(template.parent.glob("*/build.json")):
        archive(package.parent)
    digest.write_text(wanted, "utf-8")
    return Build(implementation, template, parameters, fresh=True)


def archive(package: Path) -> None:
    """Zip a package beside itself, as SAM CLI would.

    SAM CLI uploads a zip as it is and zips a folder anew at each deploy, which takes
    longer than all else that a second start does.
    """
    target = package.with_name(f"{package.name}.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        for path in sorted(package.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(str(path.relative_to(package)))  # of 1980
                entry.external_attr = path.stat().st_mode << 16
                zipped.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


def _arguments(place: Path, parameters: dict[str, str]) -> list[str]:
    return [
        "build",
        *["--template-file", str(TEMPLATE), "--build-dir", str(place / "build")],
        *["--parameter-overrides", *pairs(parameters)],
    ]


def pairs(parameters: dict[str, str]) -> list[str]:
    """Return parameters as SAM CLI takes them on its command line."""
    return [f"{name}={value}" for name, value in parameters.items()]


def machine_parameters(implementation: str) -> dict[str, str]:
    """Return Implementation, RuntimeTrack and Architecture that run on this machine."""
    runtime = language_runtime(implementation)
    machine = platform.machine().lower()
    return {
        "Implementation": implementation,
        "RuntimeTrack": track(load(), implementation, runtime),
        "Architecture": "arm64" if machine in {"aarch64", "arm64"} else "x86_64",
    }


def language_runtime(implementation: str) -> str:
    """Return the Lambda runtime of the interpreter that the sandboxes run."""
    if implementation != "python":
        raise ConfigurationError(f"no interpreter is known for {implementation}")
    ask = "import sys; print('python%d.%d' % sys.version_info[:2])"
    command = [str(SANDBOX_PYTHON), "-c", ask]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ConfigurationError(f"{SANDBOX_PYTHON} does not run") from error
    return done.stdout.strip()


def _digest(implementation: str, parameters: dict[str, str]) -> str:
    """Return a digest of everything the build reads, and of how it is done here."""
    digest = hashlib.sha256(json.dumps(parameters).encode())
    digest.update(Path(__file__).read_bytes())
    for path in _inputs(implementation):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _inputs(implementation: str) -> Iterator[Path]:
    yield TEMPLATE
    for folder in (implementation, "packaging"):
        for path in sorted((ROOT / "handlers" / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def refresh(function: Function) -> None:
    """Bring the sources in a deployed function's package up to those of the tree.

    For files saved while the stack runs. Bytecode of the build is dropped with the
    sources it came from: it is unchecked, so it would be run in their place.
    """
    for name in python_packages.top_level(function.logical_id):
        stale = function.package / name
        if stale.is_dir():
            shutil.rmtree(stale)
        else:
            stale.unlink(missing_ok=True)
    shutil.rmtree(function.package / "__pycache__", ignore_errors=True)
    python_packages.copy_sources(function.logical_id, function.package)
