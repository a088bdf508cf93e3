"""The sandboxes of one function: reused, more of them under load, up to a limit."""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from local.lambda_.invocation import Invocation, Outcome
from local.lambda_.sandbox import Sandbox
from local.model import Function

# Three for two cores, since each also waits for the cloud (measured: more of them only
# weigh more); but never fewer than make a race between writers real.
MAX_SANDBOXES = max(4, (os.cpu_count() or 1) * 3 // 2)
IDLE_SECONDS = 60
# At work or waiting: what comes beside them is refused, as Lambda does at its limit of
# concurrency. Without one, whoever comes faster than is answered would in the end have
# everybody wait for longer than the gateway does.
MAX_INVOCATIONS = 100


class TooManyInvocationsError(Exception):
    """The function has as many invocations in hand as it takes."""


class LaunchError(Exception):
    """No process can be started for an invocation; the text says why."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """An invocation that waits for a sandbox, or for the failure of one to start."""

    invocation: Invocation
    served: asyncio.Future[Sandbox | Outcome]


class Pool:
    """Hands each invocation to a sandbox of its own, first come, first served.

    `environment` gives the environment of a new sandbox, `record` keeps log bytes by
    the name of their stream, `crashed` gets an error of the stack that is not of the
    function and meets no invocation. Where Lambda would answer 429 at its concurrency
    limit, an invocation waits here, unless too many do. A function that waits for a
    debugger has one sandbox: there is one port for it.
    """

    def __init__(
        self,
        function: Function,
        environment: Callable[[], dict[str, str]],
        record: Callable[[str, bytes], object],
        crashed: Callable[[BaseException], None],
    ) -> None:
        self.function = function
        self.wrote = record
        self.crashed = crashed
        self._environment = environment
        self._sandboxes: set[Sandbox] = set()
        self._idle: list[Sandbox] = []
        self._launches: set[asyncio.Task[None]] = set()
        self._unready: set[Sandbox] = set()
        self._waiting: deque[Waiter] = deque()
        self._in_hand = 0
        self._generation = 0
        self._closed = False

    # ---- invocations ------------------------------------------------------------

    async def invoke(self, invocation: Invocation, *, queued: bool = False) -> Outcome:
        """Run an invocation in the next free sandbox.

        Raises `TooManyInvocationsError`, unless it is `queued`: to wait as long as it
        takes. Queued ones are in hand, too: where as many of them wait as are taken,
        every other is refused. Raises `LaunchError` where a new sandbox is needed and
        this machine cannot start one.
        """
        if self._in_hand >= MAX_INVOCATIONS and not queued:
            raise TooManyInvocationsError
        self._in_hand += 1
        try:
            return await self._run(invocation)
        finally:
            self._in_hand -= 1

    async def _run(self, invocation: Invocation) -> Outcome:
        while True:
            got = self._idle.pop() if self._idle else await self._wait(invocation)
            if not isinstance(got, Sandbox):
                return got
            if got.ready:
                return await self._run_in(got, invocation)

    @staticmethod
    async def _run_in(sandbox: Sandbox, invocation: Invocation) -> Outcome:
        try:
            return await sandbox.invoke(invocation)
        except Exception:
            sandbox.kill()  # nobody knows in what state it is
            raise

    async def warm(self) -> Outcome | None:
        """Start one sandbox; return the failure where it cannot start."""
        got = await self._wait(Invocation(b"", self.function.alias, ""))
        if not isinstance(got, Sandbox):
            return got
        self.sandbox_ready(got)
        return None

    async def _wait(self, invocation: Invocation) -> Sandbox | Outcome:
        served: asyncio.Future[Sandbox | Outcome]
        served = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiter(invocation, served))
        self._grow()
        return await served

    def _next_waiter(self) -> Waiter | None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.served.done():
                return waiter
        return None

    # ---- sandboxes --------------------------------------------------------------

    def _grow(self) -> None:
        if self._closed:
            return
        # An answer goes out before its runtime asks for more: a client that comes back
        # at once must not cost another sandbox.
        settling = sum(sandbox.settling for sandbox in self._sandboxes)
        coming = len(self._launches) + len(self._unready) + settling
        most = MAX_SANDBOXES if self.function.debug_port is None else 1
        room = most - len(self._sandboxes) - len(self._launches)
        for _ in range(min(len(self._waiting) - coming, room)):
            self._launch()

    def _launch(self) -> None:
        task = asyncio.get_running_loop().create_task(self._start())
        self._launches.add(task)
        task.add_done_callback(self._launched)

    def _launched(self, task: asyncio.Task[None]) -> None:
        self._launches.discard(task)
        if task.cancelled() or not (error := task.exception()):
            return
        failure = LaunchError(f"no sandbox of {self.function.name} starts: {error}")
        if waiter := self._next_waiter():
            waiter.served.set_exception(failure)
        else:
            self.crashed(failure)
        self._grow()

    async def _start(self) -> None:
        generation = self._generation
        sandbox = Sandbox(self.function, self._environment(), self)
        await sandbox.start()
        # Counted as one that comes only once, from here on as one that is not ready.
        self._launches.discard(asyncio.current_task())
        self._sandboxes.add(sandbox)
        self._unready.add(sandbox)
        if generation != self._generation:
            self._retire(sandbox)

    def _retire(self, sandbox: Sandbox) -> None:
        sandbox.stale = True
        if sandbox in self._idle or sandbox in self._unready:
            sandbox.kill()

    def sandbox_ready(self, sandbox: Sandbox) -> None:
        """Give a sandbox that waits for work to whom waits longest."""
        self._unready.discard(sandbox)
        if sandbox.stale:
            sandbox.kill()
        elif waiter := self._next_waiter():
            waiter.served.set_result(sandbox)
        else:
            self._idle.append(sandbox)

    def sandbox_lingers(self) -> None:
        """Start another sandbox for whom waits for one that is still at work."""
        self._grow()

    def sandbox_ended(self, sandbox: Sandbox) -> None:
        """Drop a sandbox; one that could not start answers an invocation so."""
        self._sandboxes.discard(sandbox)
        if sandbox in self._idle:
            self._idle.remove(sandbox)
        if sandbox in self._unready:
            self._unready.discard(sandbox)
            if not sandbox.stale and (waiter := self._next_waiter()):
                waiter.served.set_result(sandbox.init_outcome(waiter.invocation))
        self._grow()

    # ---- the service's hold on it ------------------------------------------------

    def renew(self) -> None:
        """Replace every sandbox; one at work still ends its invocation."""
        self._generation += 1
        for sandbox in self._sandboxes:
            self._retire(sandbox)
        self._idle.clear()

    def reap(self) -> None:
        """End sandboxes that have been idle for long, but for one."""
        oldest = time.monotonic() - IDLE_SECONDS
        spare = [one for one in self._idle if one.idle_since < oldest]
        for sandbox in spare[: len(self._sandboxes) - 1]:
            self._idle.remove(sandbox)
            sandbox.kill()

    async def close(self) -> None:
        """End every sandbox, also one at work, and wait until all are gone."""
        self._closed = True
        await asyncio.gather(*self._launches, return_exceptions=True)
        sandboxes = tuple(self._sandboxes)
        for sandbox in sandboxes:
            sandbox.stale = True
            sandbox.kill()
        await asyncio.gather(*(sandbox.ended() for sandbox in sandboxes))
