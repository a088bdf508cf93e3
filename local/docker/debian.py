"""The base image of the stand-ins: a minimal Debian with its Python."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from local import console
from local.docker.engine import DockerError, docker
from local.stopping import defer_signals

SUITE = "trixie"
PYTHON = "python3.13"
"""The only Python of Debian trixie."""
PACKAGES = "python3-minimal,libpython3-stdlib"
MOUNTS = Path("/proc/self/mountinfo")
LOOK_SECONDS = 0.2


def make_base(name: str, label: str) -> None:
    """Make the image. `debootstrap` needs root. Raises `DockerError`."""
    if not shutil.which("debootstrap"):
        raise DockerError(
            "no registry of images answers, and a stand-in needs debootstrap;"
            " on Debian: apt-get install debootstrap"
        )
    folder = Path(tempfile.mkdtemp()).resolve()
    try:
        unpack(folder)
        _import(folder, name, label)
    finally:
        remove(folder)


def unpack(folder: Path) -> None:
    """Run `debootstrap`; after a stop signal, wait until it has unmounted its mounts.

    It mounts /proc and /sys in the folder, and would leave them there if killed.
    """
    command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE]
    with (
        defer_signals() as stopped,
        tempfile.TemporaryFile("w+", encoding="utf-8") as output,
    ):
        process = subprocess.Popen(
            [*command, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        while process.poll() is None and not stopped():
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_SECONDS)
        if stopped():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()
        elif process.returncode != 0:
            output.seek(0)
            lines = output.read().strip().splitlines() or ["it said nothing"]
            raise DockerError(f"debootstrap: {lines[-1]}")


def _import(folder: Path, name: str, label: str) -> None:
    packed = folder.with_suffix(".tar")
    try:
        subprocess.run(["tar", "-C", folder, "-cf", packed, "."], check=True)
        docker(
            *["import", "--change", "WORKDIR /var/task"],
            *["--change", "ENV LAMBDA_TASK_ROOT=/var/task"],
            *["--change", "ENV LAMBDA_RUNTIME_DIR=/var/runtime"],
            *["--change", f"LABEL {label}=base", str(packed), name],
        )
    finally:
        packed.unlink(missing_ok=True)


def remove(folder: Path) -> None:
    """Remove a folder, unless something is mounted in it and would be removed too."""
    if mounted_below(folder):
        console.print_line(
            f"something is mounted below {folder}: umount it, then remove the folder"
        )
    else:
        shutil.rmtree(folder, ignore_errors=True)


def mounted_below(folder: Path) -> bool:
    """Return whether anything is mounted at or in a folder (proc(5), mountinfo)."""
    written = str(folder).replace(" ", r"\040")
    points = (line.split()[4] for line in MOUNTS.read_text("utf-8").splitlines())
    return any(each == written or each.startswith(f"{written}/") for each in points)
