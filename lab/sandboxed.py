"""One function in a sandbox of its own, and the resources of its process."""

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
    """A measurement is not possible; the text is one line for the user."""


class Sandboxed:
    """A function in a process of its own, invoked through Lambda's Runtime API.

    `label` names it in error messages.
    """

    def __init__(
        self, label: str, function: Function, environment: dict[str, str]
    ) -> None:
        self.log = b""
        self._label = label
        self._alias = function.alias
        self._changed = asyncio.Event()
        self._sandbox = Sandbox(function, environment, self)

    # ---- callbacks of the sandbox -----------------------------------------------

    def sandbox_ready(self, sandbox: Sandbox) -> None:
        """Note that the process waits for work."""
        del sandbox
        self._changed.set()

    def sandbox_lingers(self) -> None:
        """Do nothing, because no other invocation waits."""

    def sandbox_ended(self, sandbox: Sandbox) -> None:
        """Note that the process has ended."""
        del sandbox
        self._changed.set()

    def wrote(self, stream: str, content: bytes) -> None:
        """Keep the output of the process."""
        del stream
        self.log += content

    def crashed(self, error: BaseException) -> None:
        """Raise the error: the Runtime API itself failed."""
        raise error

    # ---- measurements -----------------------------------------------------------

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._sandbox.pid

    @property
    def cpu(self) -> float:
        """The CPU seconds of all threads, ended ones included."""
        return time.clock_gettime(~self.pid << 3 | CPU_CLOCK_SCHED)

    @property
    def peak_mb(self) -> int:
        """The peak memory in MiB."""
        return peak_memory_mb(self.pid) or 0

    async def start(self) -> None:
        """Start the process and wait until it asks for work; raises `MeasureError`."""
        await self._sandbox.start()
        await self._ready()

    async def run(self, payload: bytes) -> Outcome:
        """Invoke the function and wait until the process asks for more work.

        Raises `MeasureError`.
        """
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
        """End the process and wait until it has ended."""
        self._sandbox.kill()
        await self._sandbox.ended()
