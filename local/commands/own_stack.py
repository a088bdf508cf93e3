"""Runs `make start` for a command that needs a stack of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from local.children import die_with_parent
from local.emulator.clients import Clients
from local.template import ROOT

# An end by SIGTERM takes less than 5 s; what takes longer is killed.
END_SECONDS = 30


class NotStartedError(Exception):
    """The stack did not start; the text is one line that says why."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of the stack: its first API and its AWS endpoint."""

    api: int
    cloud: int

    @property
    def endpoint(self) -> str:
        """The URL of the local cloud."""
        return f"http://127.0.0.1:{self.cloud}"


@contextmanager
def started(ports: Ports) -> Iterator[Clients]:
    """Run `make start` on these ports while the block runs."""
    command = [sys.executable, "-m", "local.commands.start", "--port", str(ports.api)]
    process = subprocess.Popen(
        die_with_parent([*command, "--cloud-port", str(ports.cloud)]),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # Ctrl-C is for the caller, which ends this
    )
    try:
        _wait_until_ready(process)
        # If nobody reads its request log, the pipe fills and the stack blocks.
        threading.Thread(target=_drain, args=[process], daemon=True).start()
        yield Clients(ports.endpoint)
    finally:
        _end(process)


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    line = "it said nothing"
    for line in process.stdout or ():
        if line.strip() == "ready":
            return
    raise NotStartedError(f"the stack did not start: {line.strip()}")


def _drain(process: subprocess.Popen[str]) -> None:
    for _ in process.stdout or ():
        pass


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(END_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
