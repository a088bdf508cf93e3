"""The processes that are measured: sandboxes of the local stack, and the stub."""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

from lab.bench.candidates import Candidate, Package
from lab.bench.records import LISTED, STATUS, event, function_of
from lab.sandboxed import MeasureError, Sandboxed
from local.children import tied
from local.lambda_.runtimes import environment_of
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


class Measured(Sandboxed):
    """One function of a candidate."""

    def __init__(
        self, label: str, package: Package, endpoint: str, more: dict[str, str]
    ) -> None:
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
        super().__init__(label, function, environment | more)

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
        outcome = await self.run(payload)
        if outcome.error:
            raise MeasureError(f"{self._label}: {outcome.log.decode()[-400:]}")
        answer: dict[str, object] = json.loads(outcome.payload)
        return answer


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
    candidate: Candidate,
    request: str,
    endpoint: str,
    environment: dict[str, str] | None = None,
) -> AsyncIterator[Measured]:
    """Yield the function of a candidate that answers `request`, ready for work."""
    package = candidate.package(function_of(request))
    process = Measured(candidate.label, package, endpoint, environment or {})
    try:
        await process.start()
        yield process
    finally:
        await process.end()


# ---- the stub -------------------------------------------------------------------


class StubProcess:
    """The stand-in for AWS, at a port of its own."""

    def __init__(self, port: int) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"

    def calls(self) -> list[str]:
        """Return the names of the calls since this was asked last."""
        calls: list[str] = json.loads(self._asked("/-/calls"))
        return calls

    def set_barrier(self, number: int) -> None:
        """Answer queries from now on only when so many of them wait."""
        self._asked(f"/-/barrier/{number}")

    def _asked(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.endpoint}{path}") as answer:  # noqa: S310 - loopback
            octets: bytes = answer.read()
        return octets


@contextmanager
def stub() -> Iterator[StubProcess]:
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
            yield StubProcess(int(port))
        finally:
            process.kill()
