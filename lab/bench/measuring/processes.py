"""The processes that are measured: sandboxes of the local stack, and the stub."""

from __future__ import annotations

import asyncio
import json
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

from lab.bench.contestants import Contestant, Package
from lab.bench.records import LISTED, STATUS, event, function_of
from local.children import peak_memory_mb, tied
from local.lambda_.invocation import Invocation, trace_header, trace_root
from local.lambda_.runtimes import environment_of
from local.lambda_.sandbox import Sandbox
from local.model import Credentials, Function
from local.template import ROOT

ALIAS = "arn:aws:lambda:us-east-1:000000000000:function:measured:live"
ENVIRONMENT = {
    "USERS_TABLE": "users",
    "ASSETS_TABLE": "assets",
    "ASSETS_BUCKET": "bucket",
    "LIST_SHARDS": "4",
    # Lambda's package folder is read-only, this machine's is not: a Python that kept
    # the bytecode it compiles would start twice as fast the second time.
    "PYTHONDONTWRITEBYTECODE": "1",
}
CREDENTIALS = Credentials("AKIDEXAMPLE", "secret", "token" * 60, 4_000_000_000_000)
# A process's CPU clock, by its id (Linux, include/linux/posix-timers.h).
CPU_CLOCK_SCHED = 2


class MeasureError(Exception):
    """A contestant cannot be measured; the text is the one line a user reads."""


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of all threads of a process, those that ended as well."""
    return time.clock_gettime(~pid << 3 | CPU_CLOCK_SCHED)


class Measured:
    """One function in a process of its own, through Lambda's Runtime API."""

    def __init__(
        self, label: str, package: Package, endpoint: str, more: dict[str, str]
    ) -> None:
        self.log = b""
        self._label = label
        self._changed = asyncio.Event()
        function = Function(
            logical_id="Measured",
            name="measured",
            alias=ALIAS,
            version="1",
            handler=package.handler,
            runtime=package.runtime,
            environment=ENVIRONMENT,
            timeout_seconds=300,
            memory_mb=512,
            role="role",
            log_group="/aws/lambda/measured",
            package=package.folder,
        )
        environment = environment_of(function, CREDENTIALS, endpoint, "us-east-1")
        self._sandbox = Sandbox(function, environment | more, self)

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
        """The CPU it used until now, in seconds."""
        return cpu_seconds(self.pid)

    @property
    def peak_mb(self) -> int:
        """The most memory it held, in MiB."""
        return peak_memory_mb(self.pid) or 0

    async def start(self) -> None:
        """Start it, and wait until it asks for work."""
        await self._sandbox.start()
        await self._ready()

    async def answer(self, request: str) -> None:
        """Let it answer one of the five requests, until it asks for more work."""
        body = await self.invoke(event(request))
        status = body.get("statusCode")
        # Frameworks have their own word for a body that does not fit.
        if status != STATUS[request] and (request, status) != ("invalid", 422):
            raise MeasureError(f"{self._label} answers {status} to {request}: {body}")
        if not _done(request, body):
            raise MeasureError(f"{self._label} does not do {request}: {body}")

    async def invoke(self, payload: bytes) -> dict[str, object]:
        """Invoke it, wait until it asks for more, and return what it answered."""
        self._changed.clear()
        invocation = Invocation(payload, ALIAS, trace_header(trace_root()))
        outcome = await self._sandbox.invoke(invocation)
        if outcome.error:
            raise MeasureError(f"{self._label}: {outcome.log.decode()[-400:]}")
        await self._ready()
        answer: dict[str, object] = json.loads(outcome.payload)
        return answer

    async def _ready(self) -> None:
        await self._changed.wait()
        if not self._sandbox.alive:
            raise MeasureError(f"{self._label} does not start: {self.log.decode()}")

    async def end(self) -> None:
        """End it."""
        self._sandbox.kill()
        await self._sandbox.ended()


def _done(request: str, answer: dict[str, object]) -> bool:
    """Tell whether an answer has what the work of it was for."""
    if request not in {"list", "asset"}:
        return True
    body = json.loads(str(answer["body"]))
    if request == "list":
        return len(body["items"]) == LISTED
    return str(body["upload"]["url"]).startswith("http")


@asynccontextmanager
async def measured(
    contestant: Contestant,
    request: str,
    endpoint: str,
    environment: dict[str, str] | None = None,
) -> AsyncIterator[Measured]:
    """Yield the function of a contestant that answers `request`, ready for work."""
    package = contestant.package(function_of(request))
    process = Measured(contestant.label, package, endpoint, environment or {})
    try:
        await process.start()
        yield process
    finally:
        await process.end()


# ---- the stub -------------------------------------------------------------------


class Stub:
    """The stand-in for AWS, at a port of its own."""

    def __init__(self, port: int) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"

    def calls(self) -> list[str]:
        """Return the names of the calls since this was asked last."""
        calls: list[str] = json.loads(self._asked("/-/calls"))
        return calls

    def meet(self, number: int) -> None:
        """Answer queries from now on only when so many of them wait."""
        self._asked(f"/-/meet/{number}")

    def _asked(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.endpoint}{path}") as answer:  # noqa: S310 - loopback
            octets: bytes = answer.read()
        return octets


@contextmanager
def stub() -> Iterator[Stub]:
    """Yield a stub in a process of its own; it ends with the block."""
    command = tied([sys.executable, "-m", "lab.bench.measuring.stub"])
    # In a session of its own: a terminal's Ctrl-C is not for it.
    with Popen(
        command, cwd=Path(ROOT), stdin=PIPE, stdout=PIPE, start_new_session=True
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - tells mypy
            port = process.stdout.readline()
            if not port:
                raise MeasureError("the stub does not start; see above")
            yield Stub(int(port))
        finally:
            process.kill()
