"""A stopped `make sam-local` leaves nothing, whatever it was doing."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.deploy.build import STATE
from local.docker import engine
from local.template import ROOT
from tests.integration.sam.command import LOOK_SECONDS, READY_SECONDS, end, environment
from tests.integration.stacks import descendants, free, free_ports

pytestmark = pytest.mark.sam


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_ports()


@pytest.fixture
def command(
    ports: tuple[int, int], tmp_path: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """`make sam-local`, which prints into the file `log`."""
    port, cloud_port = ports
    with (tmp_path / "log").open("wb") as output:
        process = subprocess.Popen(
            ["make", "sam-local", f"PORT={port}", f"CLOUD_PORT={cloud_port}"],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    yield process
    end(process, signal.SIGINT)


def building(
    process: subprocess.Popen[bytes], place: Path, log: Path
) -> dict[int, str]:
    """Return a check whether `sam build` into a folder runs."""
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        running = descendants(process.pid)
        if any(f"--build-dir {place}" in line for line in running.values()):
            return running
        time.sleep(LOOK_SECONDS)
    raise AssertionError(log.read_text("utf-8", "replace"))


def test_interrupted_build_leaves_nothing(
    command: subprocess.Popen[bytes], ports: tuple[int, int], tmp_path: Path
) -> None:
    port, cloud_port = ports
    place, log = STATE / "sam" / f"python-{port}", tmp_path / "log"
    running = building(command, place, log)

    code = end(command, signal.SIGINT)

    # `make` itself, as the shell says it: 130.
    assert code == -signal.SIGINT, log.read_text("utf-8", "replace")
    assert "Traceback" not in log.read_text("utf-8", "replace")
    assert [pid for pid in running if Path(f"/proc/{pid}").exists()] == []
    assert engine.containers(place) == frozenset()
    assert free(port)
    assert free(cloud_port)
    assert not place.exists()
    assert not (STATE / f"sam-{cloud_port}").exists()
