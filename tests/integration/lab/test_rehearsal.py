"""`make rehearse` as a process: it leaves nothing if it cannot run or is stopped."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.integration.stacks import (
    ROOT,
    descendants,
    eventually,
    free,
    free_ports,
    gone,
)

# The first run in a checkout builds three packages.
SECONDS = 180


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_ports()


@pytest.fixture
def rehearsal(ports: tuple[int, int]) -> Iterator[subprocess.Popen[str]]:
    port, cloud_port = ports
    process = subprocess.Popen(
        [
            *[sys.executable, "-m", "lab.rehearsal.deploy"],
            *["--port", str(port), "--cloud-port", str(cloud_port)],
        ],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize(("index", "setting"), [(0, "PORT"), (1, "CLOUD_PORT")])
def test_a_port_in_use_is_one_line_and_exit_code_2(
    ports: tuple[int, int],
    index: int,
    setting: str,
    request: pytest.FixtureRequest,
) -> None:
    with socket.create_server(("127.0.0.1", ports[index])):
        process = request.getfixturevalue("rehearsal")
        _, stderr = process.communicate(timeout=SECONDS)

    reason = f"port {ports[index]} is in use; choose another with {setting}"
    assert (process.returncode, stderr) == (2, f"rehearse: {reason}\n")


def test_sigint_while_deploying_ends_everything_and_leaves_no_folder(
    rehearsal: subprocess.Popen[str], ports: tuple[int, int]
) -> None:
    def deploys() -> bool:
        running = " ".join(descendants(rehearsal.pid).values())
        return "sam deploy" in running and "local.emulator" in running

    assert eventually(deploys, SECONDS)
    pids = list(descendants(rehearsal.pid))

    rehearsal.send_signal(signal.SIGINT)
    _, stderr = rehearsal.communicate(timeout=20)

    assert (rehearsal.returncode, stderr) == (130, "rehearse: stopped\n")
    assert gone(pids)
    assert all(map(free, ports))
    assert not (ROOT / ".local" / f"rehearsal-{ports[1]}").exists()
