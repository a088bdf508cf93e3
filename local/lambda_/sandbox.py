"""One sandbox: a runtime in a process of its own that runs a function's package.

It serves one invocation at a time. Its environment is that of Lambda, without the
developer's variables. Its output is its log. A runtime that exceeds the function's
timeout is killed.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Protocol

from local.children import die_with_parent, peak_memory_mb
from local.http.server import Server, Service, listen
from local.lambda_.invocation import (
    MAX_RESPONSE_BYTES,
    Failure,
    Invocation,
    Outcome,
    end_lines,
    exited,
    start_line,
    timed_out,
)
from local.lambda_.output import Output, drain
from local.lambda_.runtime_api import RuntimeApi, State
from local.lambda_.runtimes import runtime_of
from local.lambda_.traces import VARIABLE, TracePipe
from local.model import Function


class Owner(Protocol):
    """The pool of a sandbox, which the sandbox notifies of its changes."""

    def sandbox_ready(self, sandbox: Sandbox) -> None:
        """Note that the sandbox waits for an invocation."""

    def sandbox_lingers(self) -> None:
        """Note that the sandbox has answered, but does not request an invocation."""

    def sandbox_ended(self, sandbox: Sandbox) -> None:
        """Note that the sandbox has ended."""

    @property
    def wrote(self) -> Callable[[str, bytes], object]:
        """Keeps the output of the sandbox under the name of its log stream."""

    @property
    def crashed(self) -> Callable[[BaseException], None]:
        """Gets an error in the Runtime API itself."""


# Lambda's limit for the start of a runtime, unless the function's timeout is longer.
INIT_SECONDS = 10
# A runtime requests an invocation a few milliseconds after its last response.
SETTLE_SECONDS = 0.25


class Sandbox:
    """A process with a runtime, its Runtime API and its log."""

    def __init__(
        self, function: Function, environment: dict[str, str], owner: Owner
    ) -> None:
        self.function = function
        self.stale = False
        self.idle_since = 0.0
        self._environment = environment
        self._stream = environment["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._owner = owner
        listener = listen()
        port: int = listener.getsockname()[1]
        # A runtime that hangs up cannot receive an invocation any more: end it.
        self._api = RuntimeApi(
            port, self._ready, self._answered, self._init_failed, self.kill
        )
        self._server = Server(
            Service(
                self._api.answer,
                self._api.refuse,
                owner.crashed,
                max_body=10 * MAX_RESPONSE_BYTES,  # to recognize a result too large
                max_head=2 * 1024 * 1024,  # awslambdaric sends 1 MB of X-Ray cause
            ),
            listener,
        )
        self._log = Output()
        self._pipe = -1
        self._trace: TracePipe | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._init_clock: asyncio.TimerHandle | None = None
        self._clocks: tuple[asyncio.TimerHandle, ...] = ()
        self._lingers = False
        self._answer: asyncio.Future[bytes | Failure] | None = None
        self._cold = True
        self._started = 0.0
        self._init_seconds = 0.0
        self._request_id = ""
        self._init_failure: Callable[[str], Failure] | None = None

    async def start(self) -> None:
        """Start the process; raises `OSError` if that is impossible."""
        try:
            process = await self._start()
        except BaseException:
            self._close()
            raise
        self._process = process
        loop = asyncio.get_running_loop()
        loop.add_reader(self._pipe, self._drain)
        self._watcher = loop.create_task(self._watch(process))
        seconds = max(INIT_SECONDS, self.function.timeout_seconds)
        self._init_clock = loop.call_later(seconds, self._init_overran, seconds)

    async def _start(self) -> asyncio.subprocess.Process:
        await self._server.start()
        with ExitStack() as ours:  # the process has its own write ends
            self._pipe, write_end = os.pipe()
            ours.callback(os.close, write_end)
            os.set_blocking(self._pipe, False)
            self._trace = TracePipe()
            ours.callback(os.close, self._trace.write_end)
            runtime = runtime_of(self.function.runtime)
            environment = self._environment | {
                VARIABLE: str(self._trace.write_end),
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.port}",
                **runtime.environment(self.function),
            }
            self._started = time.monotonic()
            return await asyncio.create_subprocess_exec(
                *die_with_parent(runtime.command(self.function)),
                cwd=self.function.package,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=write_end,
                stderr=write_end,
                pass_fds=[self._trace.write_end],
                start_new_session=True,  # Ctrl-C goes to the stack, which ends this
            )

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        returncode = await process.wait()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # its children that still run
        self._drain()
        if self._api.state is State.STARTING and not self._init_failure:
            self._init_failure = lambda request_id: exited(request_id, returncode)
        self._answered(exited(self._request_id, returncode))
        self._close()
        self._owner.sandbox_ended(self)

    @property
    def settling(self) -> bool:
        """Whether it has answered and will soon request an invocation."""
        answered = self._api.state is State.ANSWERED and not self._lingers
        return answered and self.alive and not self.stale

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.returncode is None

    @property
    def ready(self) -> bool:
        """Whether it can now receive an invocation."""
        return self.alive and self._api.ready

    @property
    def pid(self) -> int:
        """The process id of the runtime; 0 before the start."""
        return self._process.pid if self._process else 0

    def kill(self) -> None:
        """End the process and its children at once; `ended` waits until it is gone."""
        if self._process and self.alive:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def ended(self) -> None:
        """Wait until the process has ended and its port and pipes are closed."""
        if self._watcher:
            await self._watcher

    def _close(self) -> None:
        if self._init_clock:
            self._init_clock.cancel()
        self._stop_clocks()
        self._server.close()
        if self._pipe >= 0:
            asyncio.get_running_loop().remove_reader(self._pipe)
            os.close(self._pipe)
            self._pipe = -1
        if self._trace:
            self._trace.close()

    # ---- the log ----------------------------------------------------------------

    def _drain(self) -> None:
        """Read all bytes that are now in the pipe.

        A handler's writes are system calls that end before its response is sent.
        When the response arrives here, all of them are in the pipe.
        """
        if self._pipe >= 0:
            drain(self._pipe, self._log.add)

    def _take_log(self) -> bytes:
        self._drain()
        return self._log.take()

    # ---- calls from the Runtime API ---------------------------------------------

    def _ready(self) -> None:
        if self._process is None:  # it is faster than `start`
            asyncio.get_running_loop().call_soon(self._ready)
            return
        if self._cold:
            self._init_seconds = time.monotonic() - self._started
        self._stop_clocks()
        self.idle_since = time.monotonic()
        self._owner.sandbox_ready(self)

    def _answered(self, result: bytes | Failure) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_result(result)
            loop = asyncio.get_running_loop()
            self._clocks += (loop.call_later(SETTLE_SECONDS, self._linger),)

    def _init_failed(self, failure: Failure) -> None:
        self._init_failure = lambda _: failure

    def _init_overran(self, seconds: int) -> None:
        if self._api.state is State.STARTING:
            self._init_failure = lambda request_id: timed_out(request_id, seconds)
            self.kill()
        elif self._api.state is State.FAILED:  # it reported the error, but did not exit
            self.kill()

    # ---- invocations ------------------------------------------------------------

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Run one invocation and return its outcome.

        As in Lambda, the timeout runs until the runtime requests another invocation.
        A runtime that answers and then hangs is killed too.
        """
        self._owner.wrote(self._stream, self._take_log())
        self._request_id = invocation.request_id
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        began = time.monotonic()
        seconds = self.function.timeout_seconds
        self._api.give(invocation, time.time() + seconds)
        self._clocks = (loop.call_later(seconds, self._overran, invocation),)
        result = await self._answer
        return self._outcome(invocation, result, time.monotonic() - began)

    def _overran(self, invocation: Invocation) -> None:
        self._answered(timed_out(invocation.request_id, self.function.timeout_seconds))
        self.kill()

    def _linger(self) -> None:
        self._lingers = True
        self._owner.sandbox_lingers()

    def _stop_clocks(self) -> None:
        for clock in self._clocks:
            clock.cancel()
        self._clocks, self._lingers = (), False

    def init_outcome(self, invocation: Invocation) -> Outcome:
        """Return the outcome of an invocation that waited for this failed start."""
        fail = self._init_failure or (lambda request_id: exited(request_id, 0))
        return self._outcome(invocation, fail(invocation.request_id), 0)

    def _outcome(
        self, invocation: Invocation, result: bytes | Failure, seconds: float
    ) -> Outcome:
        failure, payload = (
            (result, result.payload) if isinstance(result, Failure) else (None, result)
        )
        log = b"".join(
            (
                start_line(invocation, self.function),
                self._take_log(),
                failure.log_line.encode() if failure else b"",
                end_lines(
                    invocation,
                    self.function,
                    seconds,
                    init_seconds=self._init_seconds if self._cold else None,
                    memory_mb=peak_memory_mb(self.pid),
                    failure=failure,
                ),
            )
        )
        self._cold = False
        self._owner.wrote(self._stream, log)
        return Outcome(
            payload=payload,
            error="Unhandled" if failure else None,
            log=log,
            version=self.function.version,
            request_id=invocation.request_id,
            trace=self._trace.take() if self._trace else "",
        )
