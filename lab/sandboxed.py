"""One function in a sandbox of its own, and what its process used."""

from __future__ import annotations

import asyncio
import time

from local.children import peak_memory_mb
from local.lambda_.invocation import Invocation, Outcome, trace_header, trace_root
from local.lambda_.sandbox import Sandbox
from local.model import Function

# A process's CPU clock, by its id (Linux, include/linux/posix-timers.h).
CPU_CLOCK_SCHED = 2


class MeasureError(Exception):
    """What was to be measured cannot be; the text is the one line a user reads."""


class Sandboxed:
    """A function in a process of its own, through Lambda's Runtime API.

    Errors call it `label`.
    """

    def __init__(
        self, label: str, function: Function, environment: dict[str, str]
    ) -> None:
        self.log = b""
        self._label = label
        self._alias = function.alias
        self._changed = asyncio.Event()
        self._sandbox = Sandbox(function, environment, self)

    # ---- what the sandbox tells its owner ---------------------------------------

    def sandbox_ready(self, sandbox: Sandbox) -> None:
        """Take note that it waits for work."""
        del sandbox
        self._changed.set()

    def sandbox_lingers(self) -> None:
        """Do nothing: no other invocation waits."""

    def sandbox_ended(self, sandbox: Sandbox) -> None:
        """Take note that it is no more."""
        del sandbox
        self._changed.set()

    def wrote(self, stream: str, octets: bytes) -> None:
        """Keep what it printed."""
        del stream
        self.log += octets

    def crashed(self, error: BaseException) -> None:
        """Give up: the Runtime API itself is broken."""
        raise error

    # ---- what is measured -------------------------------------------------------

    @property
    def pid(self) -> int:
        """The process."""
        return self._sandbox.pid

    @property
    def cpu(self) -> float:
        """The CPU time of all its threads, ended ones too, in seconds."""
        return time.clock_gettime(~self.pid << 3 | CPU_CLOCK_SCHED)

    @property
    def peak_mb(self) -> int:
        """The most memory it held, in MiB."""
        return peak_memory_mb(self.pid) or 0

    async def start(self) -> None:
        """Start it, and wait until it asks for work; raises `MeasureError`."""
        await self._sandbox.start()
        await self._ready()

    async def run(self, payload: bytes) -> Outcome:
        """Invoke it, and wait until it asks for more; raises `MeasureError`."""
        self._changed.clear()
        invocation = Invocation(payload, self._alias, trace_header(trace_root()))
        outcome = await self._sandbox.invoke(invocation)
        await self._ready()
        return outcome

    async def _ready(self) -> None:
        await self._changed.wait()
        if not self._sandbox.alive:
            raise MeasureError(f"{self._label} ended: {self.log.decode()}")

    async def end(self) -> None:
        """End it, and wait until it is gone."""
        self._sandbox.kill()
        await self._sandbox.ended()
