"""The sandboxes of one function: reused, and more of them under load."""

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

# Three for two cores, since each also waits for the cloud (measured: with more, nothing
# is faster). Never fewer than four, so that writers can race.
MAX_SANDBOXES = max(4, (os.cpu_count() or 1) * 3 // 2)
IDLE_SECONDS = 60
# Running or waiting. One more is refused, as Lambda does at its concurrency limit. With
# no limit, clients that send faster than functions answer would make every request wait
# longer than the gateway does.
MAX_INVOCATIONS = 100


class TooManyInvocationsError(Exception):
    """The function already has `MAX_INVOCATIONS`."""


class LaunchError(Exception):
    """The process of a sandbox cannot be started; the text says why."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """An invocation that waits until a sandbox is free or fails to start."""

    invocation: Invocation
    served: asyncio.Future[Sandbox | Outcome]


class Pool:
    """Gives each invocation a sandbox of its own, in the order of arrival.

    `environment` returns the environment of a new sandbox. `record` keeps log bytes
    under the name of their stream. `crashed` gets an error of the stack itself that
    fails no invocation. At its concurrency limit Lambda answers 429. Here an invocation
    waits, unless `MAX_INVOCATIONS` is reached. A function that waits for a debugger has
    one sandbox, because the debugger has one port.
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

        Raises `TooManyInvocationsError` at the limit. A `queued` invocation is never
        refused and waits as long as necessary, but it counts towards the limit. Raises
        `LaunchError` if this machine cannot start a sandbox that is needed.
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
            sandbox.kill()  # its state is unknown
            raise

    async def warm(self) -> Outcome | None:
        """Start one sandbox; return the failure if it cannot start."""
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
        # The client gets its response before the runtime asks for more work. Its next
        # request, sent at once, must not start another sandbox.
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
        failure = LaunchError(
            f"cannot start a sandbox of {self.function.name}: {error}"
        )
        if waiter := self._next_waiter():
            waiter.served.set_exception(failure)
        else:
            self.crashed(failure)
        self._grow()

    async def _start(self) -> None:
        generation = self._generation
        sandbox = Sandbox(self.function, self._environment(), self)
        await sandbox.start()
        # From here on it is counted as not ready, and no longer as being launched.
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
        """Give a sandbox that waits for work to the invocation that waits longest."""
        self._unready.discard(sandbox)
        if sandbox.stale:
            sandbox.kill()
        elif waiter := self._next_waiter():
            waiter.served.set_result(sandbox)
        else:
            self._idle.append(sandbox)

    def sandbox_lingers(self) -> None:
        """Start another sandbox if an invocation waits for one that is still busy."""
        self._grow()

    def sandbox_ended(self, sandbox: Sandbox) -> None:
        """Drop a sandbox; if it could not start, one waiting invocation fails."""
        self._sandboxes.discard(sandbox)
        if sandbox in self._idle:
            self._idle.remove(sandbox)
        if sandbox in self._unready:
            self._unready.discard(sandbox)
            if not sandbox.stale and (waiter := self._next_waiter()):
                waiter.served.set_result(sandbox.init_outcome(waiter.invocation))
        self._grow()

    # ---- for the service ---------------------------------------------------------

    def renew(self) -> None:
        """Replace every sandbox; a busy one first completes its invocation."""
        self._generation += 1
        for sandbox in self._sandboxes:
            self._retire(sandbox)
        self._idle.clear()

    def reap(self) -> None:
        """End the sandboxes that were idle for `IDLE_SECONDS`; keep at least one."""
        oldest = time.monotonic() - IDLE_SECONDS
        spare = [one for one in self._idle if one.idle_since < oldest]
        for sandbox in spare[: len(self._sandboxes) - 1]:
            self._idle.remove(sandbox)
            sandbox.kill()

    async def close(self) -> None:
        """End every sandbox, including busy ones, and wait until all are gone."""
        self._closed = True
        await asyncio.gather(*self._launches, return_exceptions=True)
        sandboxes = tuple(self._sandboxes)
        for sandbox in sandboxes:
            sandbox.stale = True
            sandbox.kill()
        await asyncio.gather(*(sandbox.ended() for sandbox in sandboxes))
