"""The processes of a measurement: sandboxes of the local stack, and the AWS stub."""

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
from local.children import die_with_parent
from local.lambda_.runtimes import environment_of
from local.model import Credentials, Function
from local.template import ROOT

ALIAS = "arn:aws:lambda:us-east-1:000000000000:function:measured:live"
ENVIRONMENT = {
    "USERS_TABLE": "users",
    "ASSETS_TABLE": "assets",
    "ASSETS_BUCKET": "bucket",
    "LIST_SHARDS": "4",
    # Lambda's package folder is read-only; this one is not. If Python wrote the
    # bytecode that it compiles, its second start would be twice as fast.
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
        """Send one of the five requests and wait until the process is ready again.

        Raises `MeasureError` if the response is not the expected one.
        """
        body = await self.invoke(event(request))
        status = body.get("statusCode")
        # Frameworks have their own status code for an invalid body.
        if status != STATUS[request] and (request, status) != ("invalid", 422):
            raise MeasureError(f"{self._label} answers {status} to {request}: {body}")
        if not _done(request, body):
            raise MeasureError(f"{self._label} answers {request} incompletely: {body}")

    async def invoke(self, payload: bytes) -> dict[str, object]:
        """Invoke the function, wait until it is ready again, return its response."""
        outcome = await self.run(payload)
        if outcome.error:
            raise MeasureError(f"{self._label}: {outcome.log.decode()[-400:]}")
        answer: dict[str, object] = json.loads(outcome.payload)
        return answer


def _done(request: str, answer: dict[str, object]) -> bool:
    """Return whether a response contains the result of the request's work."""
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
    """Yield a started process of the function that answers `request`."""
    package = candidate.package(function_of(request))
    process = Measured(candidate.label, package, endpoint, environment or {})
    try:
        await process.start()
        yield process
    finally:
        await process.end()


# ---- the stub -------------------------------------------------------------------


class StubProcess:
    """The stub of AWS: a process that listens on a port of its own."""

    def __init__(self, port: int) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"

    def calls(self) -> list[str]:
        """Return the names of the AWS calls since the last call of this method."""
        calls: list[str] = json.loads(self._get("/-/calls"))
        return calls

    def set_barrier(self, number: int) -> None:
        """From now on, let queries wait until `number` of them have arrived."""
        self._get(f"/-/barrier/{number}")

    def _get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.endpoint}{path}") as answer:  # noqa: S310 - loopback
            body: bytes = answer.read()
        return body


@contextmanager
def stub() -> Iterator[StubProcess]:
    """Yield a running stub, which ends with the block; raises `MeasureError`."""
    command = die_with_parent([sys.executable, "-m", "lab.bench.measuring.stub"])
    # In a session of its own, so that a terminal's Ctrl-C does not reach it.
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
