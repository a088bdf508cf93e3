"""The Lambda Runtime API of one sandbox: its responses in each state."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from local.http.messages import Request, Response
from local.lambda_.invocation import MAX_RESPONSE_BYTES, Failure, Invocation
from local.lambda_.runtime_api import OutOfTurnError, RuntimeApi, State

BASE = "/2018-06-01/runtime"
HOST = ("host", "127.0.0.1:9001")
WORK = Invocation(b'{"a":1}', "arn:f:live", "Root=1", request_id="r-1")


@dataclass
class Runtime:
    """The runtime's requests, and the calls that the platform received."""

    ready: int = 0
    answers: list[bytes | Failure] = field(default_factory=list)
    init_errors: list[Failure] = field(default_factory=list)
    losses: int = 0

    def __post_init__(self) -> None:
        self.api = RuntimeApi(
            9001,
            self._count,
            self.answers.append,
            self.init_errors.append,
            self._lose,
        )

    def _lose(self) -> None:
        self.losses += 1

    def _count(self) -> None:
        self.ready += 1

    async def next(self) -> asyncio.Task[Response]:
        """Request an invocation, and return once the request has arrived."""
        request = Request("GET", f"{BASE}/invocation/next", (HOST,), b"")
        asking = asyncio.create_task(self.api.answer(request))
        await asyncio.sleep(0)
        return asking

    async def post(
        self, path: str, body: bytes = b"{}", headers: tuple[tuple[str, str], ...] = ()
    ) -> Response:
        request = Request("POST", BASE + path, (HOST, *headers), body)
        return await self.api.answer(request)

    async def work(self) -> Response:
        """Receive one invocation."""
        asking = await self.next()
        self.api.give(WORK, 12.5)
        return await asking


def played(play: Callable[[Runtime], Awaitable[None]]) -> Runtime:
    runtime = Runtime()
    asyncio.run(asyncio.wait_for(play(runtime), 5))
    return runtime


def test_next_waits_for_an_invocation_and_carries_it() -> None:
    async def play(runtime: Runtime) -> None:
        asking = await runtime.next()
        assert not asking.done()
        runtime.api.give(WORK, 12.5)
        given = await asking

        assert given.body == b'{"a":1}'
        assert dict(given.headers) == {
            "content-type": "application/json",
            "lambda-runtime-aws-request-id": "r-1",
            "lambda-runtime-deadline-ms": "12500",
            "lambda-runtime-invoked-function-arn": "arn:f:live",
            "lambda-runtime-trace-id": "Root=1",
        }

    assert played(play).ready == 1


def test_response_ends_the_invocation_and_the_next_can_come() -> None:
    async def play(runtime: Runtime) -> None:
        await runtime.work()
        answer = await runtime.post("/invocation/r-1/response", b"[1]")
        assert answer.status == 202
        await runtime.work()

    runtime = played(play)
    assert runtime.answers == [b"[1]"]
    assert runtime.ready == 2


def test_error_is_a_failure_of_the_type_in_the_header() -> None:
    async def play(runtime: Runtime) -> None:
        await runtime.work()
        kind = (("lambda-runtime-function-error-type", "Runtime.Bad"),)
        answer = await runtime.post("/invocation/r-1/error", b'{"e":1}', kind)
        assert answer.status == 202

    assert played(play).answers == [Failure("Runtime.Bad", b'{"e":1}')]


def test_init_error_is_reported_once() -> None:
    async def play(runtime: Runtime) -> None:
        assert (await runtime.post("/init/error", b'{"e":1}')).status == 202
        assert (await runtime.post("/init/error")).status == 403
        assert (await (await runtime.next())).status == 403

    runtime = played(play)
    assert runtime.init_errors == [Failure("Unhandled", b'{"e":1}')]
    assert runtime.ready == 0


def test_response_too_large_is_a_failure_of_the_function() -> None:
    async def play(runtime: Runtime) -> None:
        await runtime.work()
        body = b"x" * (MAX_RESPONSE_BYTES + 1)
        assert (await runtime.post("/invocation/r-1/response", body)).status == 413

    (failure,) = played(play).answers
    assert isinstance(failure, Failure)
    assert failure.error_type == "Function.ResponseSizeTooLarge"


def test_response_of_the_largest_size_is_accepted() -> None:
    async def play(runtime: Runtime) -> None:
        await runtime.work()
        body = b"x" * MAX_RESPONSE_BYTES
        assert (await runtime.post("/invocation/r-1/response", body)).status == 202

    assert len(played(play).answers) == 1


@pytest.mark.parametrize("path", ["/invocation/r-1/response", "/invocation/r-1/error"])
def test_answer_without_an_invocation_is_refused_with_403(path: str) -> None:
    async def play(runtime: Runtime) -> None:
        answer = await runtime.post(path)
        assert answer.status == 403
        assert json.loads(answer.body)["errorType"] == "InvalidStateTransition"

    assert played(play).answers == []


def test_second_answer_to_one_invocation_is_refused_with_403() -> None:
    async def play(runtime: Runtime) -> None:
        await runtime.work()
        await runtime.post("/invocation/r-1/response")
        assert (await runtime.post("/invocation/r-1/response")).status == 403

    assert len(played(play).answers) == 1


def test_answer_to_another_request_is_refused_with_400() -> None:
    async def play(runtime: Runtime) -> None:
        await runtime.work()
        assert (await runtime.post("/invocation/r-2/response")).status == 400
        assert runtime.api.state is State.BUSY

    assert played(play).answers == []


def test_next_during_an_invocation_is_refused_with_403() -> None:
    async def play(runtime: Runtime) -> None:
        await runtime.work()
        assert (await (await runtime.next())).status == 403

    assert played(play).ready == 1


@pytest.mark.parametrize(
    "target", ["/", "/2018-06-01/runtime/", f"{BASE}/invocation", "/2015/x"]
)
def test_other_paths_are_not_found(target: str) -> None:
    async def play(runtime: Runtime) -> None:
        answer = await runtime.api.answer(Request("GET", target, (HOST,), b""))
        assert answer.status == 404

    played(play)


def test_invocation_that_the_runtime_did_not_request_is_an_error() -> None:
    async def play(runtime: Runtime) -> None:
        with pytest.raises(OutOfTurnError):
            runtime.api.give(WORK, 0)

    played(play)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ((("host", "evil.example:9001"),), 421),
        ((HOST, ("origin", "https://evil.example")), 403),
        ((HOST, ("origin", "http://127.0.0.1:3000")), 403),
        ((HOST, ("sec-fetch-site", "cross-site")), 403),
    ],
)
def test_web_page_cannot_act_as_a_runtime(
    headers: tuple[tuple[str, str], ...], status: int
) -> None:
    async def play(runtime: Runtime) -> None:
        for method, path in (("GET", "/invocation/next"), ("POST", "/init/error")):
            request = Request(method, BASE + path, headers, b"{}")
            assert (await runtime.api.answer(request)).status == status

    runtime = played(play)

    assert runtime.api.state is State.STARTING
    assert (runtime.ready, runtime.init_errors) == (0, [])


def test_runtime_that_hangs_up_while_it_waits_is_lost_and_gets_no_work() -> None:
    async def play(runtime: Runtime) -> None:
        asking = await runtime.next()
        assert runtime.api.ready
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert not runtime.api.ready
        with pytest.raises(OutOfTurnError):
            runtime.api.give(WORK, 12.5)

    assert played(play).losses == 1


def test_runtime_that_hangs_up_during_an_invocation_is_not_lost() -> None:
    async def play(runtime: Runtime) -> None:
        asking = await runtime.next()
        runtime.api.give(WORK, 12.5)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    assert played(play).losses == 0


def test_result_too_large_to_read_fails_the_invocation() -> None:
    async def play(runtime: Runtime) -> None:
        await runtime.work()
        refused = runtime.api.refuse(413)
        assert refused.status == 413
        assert json.loads(refused.body)["errorType"] == "RequestEntityTooLarge"
        assert runtime.api.state is State.ANSWERED

    (answer,) = played(play).answers
    assert isinstance(answer, Failure)
    assert answer.error_type == "Function.ResponseSizeTooLarge"


@pytest.mark.parametrize(
    ("status", "kind"), [(400, "InvalidRequest"), (500, "InternalServerError")]
)
def test_refusal_separates_errors_of_the_runtime_and_of_the_api(
    status: int, kind: str
) -> None:
    async def play(runtime: Runtime) -> None:
        refused = runtime.api.refuse(status)
        assert refused.status == status
        assert json.loads(refused.body)["errorType"] == kind

    played(play)
