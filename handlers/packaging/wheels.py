"""Fetch wheels for a Lambda runtime on any machine, and check them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from handlers.packaging.order import ROOT, BuildError

# Lambda's names of the instruction sets, with their names in wheels and in ELF headers
# (System V ABI, e_machine).
WHEEL_MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
ELF_MACHINES = {"x86_64": 62, "arm64": 183}

NATIVE_SUFFIXES = {".so", ".pyd", ".dylib", ".dll"}

# The oldest C library among the runtimes is Amazon Linux 2's 2.26 (python3.11).
GLIBC = "2_17"


def fetch(requirements: Path, runtime: str, architecture: str, target: Path) -> None:
    """Install the pinned wheels into `target`; raise `BuildError` on any failure.

    Only wheels are installed, each with the hash in the requirements: by uv if it is
    installed, otherwise by pip.
    """
    machine = WHEEL_MACHINES[architecture]
    version = runtime.removeprefix("python")
    uv = _uv()
    command = (
        _with_uv(uv, version, machine)
        if uv is not None
        else _with_pip(version, machine)
    )
    command += ["--target", str(target), "--requirement", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildError(f"wheels cannot be fetched: {_last_line(done.stderr)}")


def _uv() -> str | None:
    own = ROOT / ".venv" / "uv" / "bin" / "uv"
    return str(own) if own.is_file() else shutil.which("uv")


def _with_uv(uv: str, version: str, machine: str) -> list[str]:
    return [
        *[uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes"],
        *["--only-binary", ":all:", "--link-mode", "copy", "--no-config"],
        *["--python-version", version],
        *["--python-platform", f"{machine}-manylinux_{GLIBC}"],
    ]


def _with_pip(version: str, machine: str) -> list[str]:
    return [
        *[sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"],
        *["--require-hashes", "--only-binary", ":all:", "--no-compile"],
        *["--disable-pip-version-check", "--implementation", "cp"],
        *["--python-version", version],
        *["--platform", f"manylinux_{GLIBC}_{machine}"],
        *["--platform", f"manylinux2014_{machine}"],
    ]


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


def refuse_foreign(tree: Path, runtime: str, architecture: str) -> None:
    """Raise `BuildError` if anything in `tree` could not run on that runtime."""
    for reason in foreign(tree, runtime, architecture):
        raise BuildError(f"foreign wheel for {runtime} on {architecture}: {reason}")


def foreign(tree: Path, runtime: str, architecture: str) -> Iterator[str]:
    """Yield what cannot run, by the tags of the wheels and by the native files."""
    for wheel in sorted(tree.glob("*.dist-info/WHEEL")):
        tags = re.findall(r"^Tag: (\S+)$", wheel.read_text("utf-8"), re.MULTILINE)
        if not any(_tag_fits(tag, runtime, architecture) for tag in tags):
            yield f"{wheel.parent.name} is built for {', '.join(tags)}"
    for path in sorted(tree.rglob("*")):
        native = path.suffix in NATIVE_SUFFIXES or ".so." in path.name
        if native and not _native_fits(path, runtime, architecture):
            yield f"{path.relative_to(tree)} is native code of another platform"


def _tag_fits(tag: str, runtime: str, architecture: str) -> bool:
    """Return whether the runtime can load a wheel with this tag (PEP 425)."""
    interpreter, abi, platform = tag.split("-")
    minor = int(runtime.removeprefix("python3."))
    machine = WHEEL_MACHINES[architecture]
    if platform == "any":
        return interpreter in {"py3", f"py3{minor}", f"cp3{minor}"}
    if not (platform.startswith("manylinux") and platform.endswith(f"_{machine}")):
        return False
    if abi == "abi3":
        return int(interpreter.removeprefix("cp3")) <= minor
    return interpreter in {"py3", f"cp3{minor}"}


def _native_fits(path: Path, runtime: str, architecture: str) -> bool:
    header = path.read_bytes()[:20]
    if header[:4] != b"\x7fELF":
        return False
    if int.from_bytes(header[18:20], "little") != ELF_MACHINES[architecture]:
        return False
    built_for = re.search(r"\.cpython-(\d+)-", path.name)
    return built_for is None or f"python3.{built_for[1][1:]}" == runtime
