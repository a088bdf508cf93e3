"""The local Lambda service: functions by name or ARN, each with its sandboxes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import FileIO
from pathlib import Path

from local.lambda_.invocation import Invocation, Outcome
from local.lambda_.log_events import LogEvents
from local.lambda_.pool import Pool
from local.lambda_.reload import Follower, Sources
from local.lambda_.request_log import explained, explanation_of, telling
from local.lambda_.runtimes import environment_of
from local.lambda_.traces import import_trace, lost_its_trace
from local.model import Credentials, Deployment, Function

TEND_SECONDS = 5
# A sandbox signs URLs with its credentials, and the URLs are valid for an hour.
RENEW_BEFORE_MS = 90 * 60 * 1000
LATEST = "$LATEST"


class FunctionNotFoundError(Exception):
    """No function, or no alias or version, has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class LogError(Exception):
    """The output of a function cannot be written to its file."""

    def __init__(self, function: Function, cause: OSError) -> None:
        super().__init__(f"the log of {function.logical_id} is not written: {cause}")


class RenewalError(Exception):
    """A function's credentials could not be renewed."""

    def __init__(self, function: Function, cause: Exception) -> None:
        kept = "it keeps the old ones until a retry succeeds"
        name = function.logical_id
        super().__init__(f"no new credentials for {name}: {cause}; {kept}")


class TraceError(Exception):
    """The trace of a fault could not be completed."""

    def __init__(self, function: Function, cause: Exception) -> None:
        kind = type(cause).__name__
        name = function.logical_id
        super().__init__(f"a trace of {name} is incomplete: {kind}: {cause}")


class SandboxError(Exception):
    """A function's first sandbox cannot start."""

    def __init__(self, function: Function, log: str) -> None:
        super().__init__(f"{function.logical_id} cannot start: {log}")


@dataclass(frozen=True, slots=True)
class Hosted:
    """A deployment, the sources of its packages, and the way to rebuild them.

    `refresh` updates the packages to `sources`. `locate` returns a function's trace
    with positions in the sources. Both may block.
    """

    deployment: Deployment
    sources: Sources
    refresh: Callable[[], None]
    locate: Callable[[Function, str], str]


class LambdaService:
    """Runs the functions of one or more deployments.

    `credentials` gets new credentials of a function's role and may block. In the folder
    `logs` each function has one file for its log and one for the traces of faults.
    `log_events` also keeps the latest lines of the log. `crashed` gets errors of this
    service itself, which continues after them. `noticed` gets lines for the developer.
    """

    def __init__(
        self,
        hosted: Sequence[Hosted],
        *,
        credentials: Callable[[Function], Credentials],
        logs: Path,
        crashed: Callable[[BaseException], None],
        noticed: Callable[[str], None],
    ) -> None:
        self.log_events = LogEvents()
        self._fetch = credentials
        self._crashed = crashed
        self._noticed = noticed
        self._folder = logs
        self._running: set[asyncio.Task[Outcome]] = set()
        self._waiting: list[asyncio.Task[Outcome | None]] = []
        self._credentials: dict[str, Credentials] = {}
        self._pools: dict[str, Pool] = {}
        self._followers: dict[str, Follower] = {}
        self._locate: dict[str, Callable[[Function, str], str]] = {}
        self._environments: dict[str, Callable[[], dict[str, str]]] = {}
        self._import_traces: dict[str, asyncio.Future[str]] = {}
        self._logs: list[FileIO] = []
        logs.mkdir(parents=True, exist_ok=True)
        for one in hosted:
            self._host(one, logs, noticed)

    def _host(self, one: Hosted, logs: Path, noticed: Callable[[str], None]) -> None:
        pools = {
            function.name: self._pool(one.deployment, function, logs)
            for function in one.deployment.functions.values()
        }

        def renew() -> None:
            for name, pool in pools.items():
                self._import_traces.pop(name, None)
                pool.renew()

        follower = Follower(one.sources, one.refresh, renew, noticed)
        self._pools |= pools
        self._followers |= dict.fromkeys(pools, follower)
        self._locate |= dict.fromkeys(pools, one.locate)

    def _pool(self, deployment: Deployment, function: Function, logs: Path) -> Pool:
        log = (logs / f"{function.name}.log").open("wb", buffering=0)
        self._logs.append(log)
        self.log_events.open(function.log_group)

        def environment() -> dict[str, str]:
            return environment_of(
                function,
                self._credentials[function.name],
                deployment.endpoint,
                deployment.region,
            )

        def sandbox_environment() -> dict[str, str]:
            if function.debug_port is not None:
                where = f"127.0.0.1:{function.debug_port}"
                self._noticed(f"{function.name} waits for a debugger at {where}")
            return environment()

        def record(stream: str, data: bytes) -> None:
            try:
                log.write(data)
            except OSError as error:  # for example: the disk is full
                self._crashed(LogError(function, error))
            self.log_events.add(function.log_group, stream, data)

        self._environments[function.name] = environment
        return Pool(function, sandbox_environment, record, self._crashed)

    async def start(self) -> None:
        """Start one sandbox of each function; raises `SandboxError` if one fails.

        It does not wait for a sandbox that waits for a debugger.
        """
        await asyncio.gather(*(self._start(pool) for pool in self._pools.values()))

    async def _start(self, pool: Pool) -> None:
        await self._renew_credentials(pool)
        if pool.function.debug_port is not None:
            self._waiting.append(asyncio.create_task(self._warm(pool)))
        elif failed := await self._warm(pool):
            raise SandboxError(pool.function, _cause(failed.log))

    async def _warm(self, pool: Pool) -> Outcome | None:
        """Start one sandbox; if it cannot start, print and return the failure."""
        failed = await pool.warm()
        if failed:
            failed = await self._traced(pool.function, failed)
            for line in explained(explanation_of(failed)):
                self._noticed(line)
        return failed

    async def tend(self) -> None:
        """Renew credentials before they expire and end spare sandboxes, in a loop."""
        while True:
            await asyncio.sleep(TEND_SECONDS)
            for pool in self._pools.values():
                pool.reap()
                left = self._credentials[pool.function.name].expires_at
                if left - time.time() * 1000 < RENEW_BEFORE_MS:
                    await self._try_to_renew(pool)

    async def _try_to_renew(self, pool: Pool) -> None:
        try:
            await self._renew_credentials(pool)
        except Exception as error:  # noqa: BLE001 # of any kind: the next turn retries
            self._crashed(RenewalError(pool.function, error))
        else:
            pool.renew()

    async def _renew_credentials(self, pool: Pool) -> None:
        function = pool.function
        fresh = await asyncio.to_thread(self._fetch, function)
        self._credentials[function.name] = fresh

    def find(self, name: str, qualifier: str | None = None) -> Function:
        """Return a function by name, partial or full ARN, each with or without alias.

        `qualifier` is an alias or a version that the name does not contain.
        """
        parts = name.split(":")
        if "function" in parts[:-1]:
            parts = parts[parts.index("function") + 1 :]
        pool = self._pools.get(parts[0])
        wanted = parts[1] if len(parts) == 2 else qualifier
        if pool is None or len(parts) > 2:
            raise FunctionNotFoundError(name)
        alias = pool.function.alias.rsplit(":", 1)[1]
        if wanted not in {None, alias, pool.function.version, LATEST}:
            raise FunctionNotFoundError(name)
        return pool.function

    async def invoke(
        self, function: Function, invocation: Invocation, *, queued: bool = False
    ) -> Outcome:
        """Run an invocation with the code of the current sources.

        As on AWS, it completes even if the caller no longer waits. Raises
        `TooManyInvocationsError` at the limit, unless it is `queued`.
        """
        running = self._run(function, invocation, queued=queued)
        task = asyncio.get_running_loop().create_task(running)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _run(
        self, function: Function, invocation: Invocation, *, queued: bool
    ) -> Outcome:
        await self._followers[function.name].follow(busy=len(self._running) > 1)
        pool = self._pools[function.name]
        return await self._traced(
            function, await pool.invoke(invocation, queued=queued)
        )

    async def _traced(self, function: Function, outcome: Outcome) -> Outcome:
        """Return the outcome with a trace that names sources; also write it to a file.

        An error in here does not change the response.
        """
        trace, name = outcome.trace, function.name
        try:
            if lost_its_trace(function, outcome):
                trace = await self._import_trace(function)
            if not trace:
                return outcome
            trace = await asyncio.to_thread(self._locate[name], function, trace)
            faults = self._folder / f"{name}.faults.txt"
            with faults.open("a", encoding="utf-8") as file:
                file.write(f"{time.ctime()} {outcome.request_id}\n{trace}\n")
        except Exception as error:  # noqa: BLE001 # the response is sent anyway
            self._crashed(TraceError(function, error))
        return replace(outcome, trace=trace)

    async def _import_trace(self, function: Function) -> str:
        """Return the traceback of a failed import; computed once until a save."""
        if function.name not in self._import_traces:
            environment = self._environments[function.name]()
            finding = asyncio.to_thread(import_trace, function, environment)
            self._import_traces[function.name] = asyncio.ensure_future(finding)
        return await asyncio.shield(self._import_traces[function.name])

    async def close(self) -> None:
        """End every sandbox and its invocation."""
        for task in (*self._running, *self._waiting):
            task.cancel()
        await asyncio.gather(*(pool.close() for pool in self._pools.values()))
        await asyncio.gather(*self._running, *self._waiting, return_exceptions=True)
        for log in self._logs:
            log.close()


def _cause(log: bytes) -> str:
    """Return the log line that best explains why a sandbox did not start."""
    lines = telling(log) or ["it printed nothing"]
    return next((line for line in lines if line.startswith("[ERROR]")), lines[0])
