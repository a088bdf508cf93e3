"""`sam build` for this machine, only when something it reads has changed."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.deploy.sam import sam
from local.implementations import named
from local.model import Build
from local.template import ROOT, TEMPLATE, load, samconfig, track

STATE = ROOT / ".local"
QUOTED_NOTHING = '""'


def build(implementation: str, runtime_track: str | None = None) -> Build:
    """Build an implementation for this machine into `.local/<implementation>/build`.

    A build for another runtime has its own folder beside it. Raises `SamError` or
    `ConfigurationError`, each with the one line to show.
    """
    folder = STATE / implementation
    parameters = machine_parameters(implementation)
    if runtime_track:
        folder = STATE / f"{implementation}-{runtime_track}"
        parameters["RuntimeTrack"] = runtime_track
    with only_one(folder):
        return _built(implementation, folder, parameters)


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Lock `folder`, so that other commands that build in it wait."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _built(implementation: str, folder: Path, parameters: dict[str, str]) -> Build:
    template = folder / "build" / "template.yaml"
    digest = folder / "build.digest"
    wanted = _digest(implementation, parameters)
    if template.is_file() and digest.is_file() and digest.read_text("utf-8") == wanted:
        return Build(implementation, template, parameters, fresh=False)
    digest.unlink(missing_ok=True)
    samconfig()  # SAM CLI reads it too; when it is broken, SAM does not name it
    sam(_arguments(folder, parameters), folder / "build.log", os.environ)
    for package in sorted(template.parent.glob("*/build.json")):
        archive(package.parent)
    digest.write_text(wanted, "utf-8")
    return Build(implementation, template, parameters, fresh=True)


def archive(package: Path) -> None:
    """Zip a package beside itself, as SAM CLI would.

    SAM CLI uploads a zip unchanged, but it zips a folder again at each deploy. That
    takes longer than everything else in a second start.
    """
    target = package.with_name(f"{package.name}.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        for path in sorted(package.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(str(path.relative_to(package)))  # of 1980
                entry.external_attr = path.stat().st_mode << 16
                zipped.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


def _arguments(folder: Path, parameters: dict[str, str]) -> list[str]:
    return [
        "build",
        *["--template-file", str(TEMPLATE), "--build-dir", str(folder / "build")],
        *["--parameter-overrides", *pairs(parameters)],
    ]


def pairs(parameters: dict[str, str]) -> list[str]:
    """Return parameters as SAM CLI takes them on its command line.

    An empty value is quoted, because SAM CLI would otherwise ignore it.
    """
    return [f"{name}={value or QUOTED_NOTHING}" for name, value in parameters.items()]


def machine_parameters(implementation: str) -> dict[str, str]:
    """Return Implementation, RuntimeTrack and Architecture that run on this machine."""
    runtime = named(implementation).runtime()
    return {
        "Implementation": implementation,
        "RuntimeTrack": track(load(), implementation, runtime),
        "Architecture": architecture(),
    }


def architecture() -> str:
    """Return this machine's processor, as Lambda calls it."""
    machine = platform.machine().lower()
    return "arm64" if machine in {"aarch64", "arm64"} else "x86_64"


def _digest(implementation: str, parameters: dict[str, str]) -> str:
    """Return a digest of everything the build reads, and of the code that builds."""
    digest = hashlib.sha256(json.dumps(parameters).encode())
    digest.update(Path(__file__).read_bytes())
    for path in _inputs(implementation):
        digest.update(os.fsencode(path.relative_to(ROOT)))
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _inputs(implementation: str) -> Iterator[Path]:
    yield TEMPLATE
    one = named(implementation)
    for name in (*one.sources, *one.inputs):
        folder = ROOT / name
        for path in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
