"""One sandbox at a time, and the CPU time that its process used."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.scale.measuring.requests import Event
from local.lambda_.invocation import (
    Invocation,
    Outcome,
    compact,
    trace_header,
    trace_root,
)
from local.lambda_.sandbox import Sandbox
from local.model import Function

# Linux's CPUCLOCK_SCHED: all of a process's threads, also those that have ended.
PROCESS_CLOCK = 2


class SandboxFailedError(Exception):
    """A sandbox did not start, or an invocation failed; the text has its log."""


@dataclass(frozen=True)
class Answered:
    """An invocation: its outcome, and the CPU time it took in milliseconds."""

    outcome: Outcome
    cpu_ms: float


class Bench:
    """The owner of one sandbox; `init_ms` is the CPU time until it asked for work."""

    def __init__(self, function: Function, environment: dict[str, str]) -> None:
        self._sandbox = Sandbox(function, environment, self)
        self._function = function
        self._turn = asyncio.Event()
        self._pid = 0
        self.init_ms = 0.0

    # ---- what a sandbox asks of its owner ---------------------------------------

    def sandbox_ready(self, _: Sandbox) -> None:
        """Take note that it waits for work."""
        self._turn.set()

    def sandbox_lingers(self) -> None:
        """Do nothing: no other invocation waits."""

    def sandbox_ended(self, _: Sandbox) -> None:
        """Take note that it is no more."""
        self._turn.set()

    @property
    def wrote(self) -> Callable[[str, bytes], object]:
        """Keep nothing: each outcome has its own log."""
        return lambda _stream, _octets: None

    @property
    def crashed(self) -> Callable[[BaseException], None]:
        """Let an error of the Runtime API be seen."""
        return _raise

    # ---- what is measured -------------------------------------------------------

    async def start(self) -> None:
        """Start the sandbox and wait until it has initialised."""
        before = _children()
        await self._sandbox.start()
        (self._pid,) = _children() - before
        await self._turn.wait()
        self._require_alive(b"")
        self.init_ms = self._cpu_ms()

    async def invoke(self, event: Event) -> Answered:
        """Run one invocation until the runtime asks for the next."""
        trace = trace_header(trace_root())
        invocation = Invocation(compact(event), self._function.alias, trace)
        self._turn.clear()
        before = self._cpu_ms()
        outcome = await self._sandbox.invoke(invocation)
        await self._turn.wait()
        self._require_alive(outcome.log)
        return Answered(outcome, self._cpu_ms() - before)

    async def end(self) -> None:
        """End the process and wait until it is gone."""
        self._sandbox.kill()
        await self._sandbox.ended()

    def _require_alive(self, log: bytes) -> None:
        if not self._sandbox.alive:
            name = self._function.name
            raise SandboxFailedError(f"the sandbox of {name} ended: {log.decode()}")

    def _cpu_ms(self) -> float:
        return time.clock_gettime((~self._pid << 3) | PROCESS_CLOCK) * 1_000


@asynccontextmanager
async def bench(
    function: Function, environment: dict[str, str]
) -> AsyncIterator[Bench]:
    """Yield a fresh sandbox that has initialised."""
    one = Bench(function, environment)
    try:
        await one.start()
        yield one
    finally:
        await one.end()


def _children() -> set[int]:
    listed = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(pid) for path in listed for pid in path.read_text().split()}


def _raise(error: BaseException) -> None:
    raise error
