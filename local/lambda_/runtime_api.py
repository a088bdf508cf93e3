"""The Lambda Runtime API of one sandbox (version 2018-06-01).

A runtime requests the next invocation and waits. It sends a response or an error, and
requests the next one. A runtime that cannot start reports this once and exits. A
request out of order gets 403 and an unknown request id gets 400, as documented in
"Using the Lambda runtime API for custom runtimes". A web page cannot act as a runtime.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import Enum

from local.emulator.access import Access
from local.http.messages import Request, Response
from local.lambda_.invocation import (
    MAX_RESPONSE_BYTES,
    Failure,
    Invocation,
    compact,
    response_too_large,
)

PREFIX = "/2018-06-01/runtime/"
JSON = (("content-type", "application/json"),)


class State(Enum):
    """The state of a sandbox's runtime."""

    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    ANSWERED = "answered"
    FAILED = "failed"


class OutOfTurnError(Exception):
    """A runtime was given an invocation that it did not request."""


class RuntimeApi:
    """The state of one runtime, and its HTTP interface on a port.

    It calls `on_ready` when the runtime requests an invocation, `on_answer` with the
    result or failure (before the runtime gets its acknowledgement), `on_init_error`
    when the runtime cannot start, and `on_lost` when it hangs up while it waits.
    """

    def __init__(
        self,
        port: int,
        on_ready: Callable[[], None],
        on_answer: Callable[[bytes | Failure], None],
        on_init_error: Callable[[Failure], None],
        on_lost: Callable[[], None],
    ) -> None:
        self.state = State.STARTING
        self._access = Access(port, origins=frozenset())
        self._on_ready = on_ready
        self._on_answer = on_answer
        self._on_init_error = on_init_error
        self._on_lost = on_lost
        self._work: asyncio.Future[Response] | None = None
        self._request_id = ""

    @property
    def ready(self) -> bool:
        """Whether the runtime now waits for an invocation."""
        return self._work is not None and not self._work.done()

    def give(self, invocation: Invocation, deadline: float) -> None:
        """Send an invocation to a ready runtime; `deadline` is in epoch seconds."""
        if self._work is None or self._work.done():
            raise OutOfTurnError(self.state)
        self.state = State.BUSY
        self._request_id = invocation.request_id
        headers = [
            ("content-type", "application/json"),
            ("lambda-runtime-aws-request-id", invocation.request_id),
            ("lambda-runtime-deadline-ms", str(int(deadline * 1000))),
            ("lambda-runtime-invoked-function-arn", invocation.arn),
            ("lambda-runtime-trace-id", invocation.trace_id),
        ]
        if invocation.client_context is not None:
            headers.append(("lambda-runtime-client-context", invocation.client_context))
        self._work.set_result(Response(200, tuple(headers), invocation.payload))
        self._work = None

    async def answer(self, request: Request) -> Response:
        """Answer one request of the runtime."""
        if refusal := self._access.refusal(request.target, request.headers):
            return _error(refusal.status, "AccessDenied", refusal.reason)
        return await self._answer(request)

    async def _answer(self, request: Request) -> Response:
        if not request.target.startswith(PREFIX):
            return _error(404, "NotFound", "There is no such resource")
        match request.method, *request.target.removeprefix(PREFIX).split("/"):
            case "GET", "invocation", "next":
                return await self._next()
            case "POST", "invocation", request_id, "response":
                return self._result(request_id, _result_of(request.body))
            case "POST", "invocation", request_id, "error":
                return self._result(request_id, _failure_of(request))
            case "POST", "init", "error":
                return self._init_error(request)
            case _:
                return _error(404, "NotFound", "There is no such resource")

    async def _next(self) -> Response:
        if self.state not in {State.STARTING, State.ANSWERED}:
            return self._out_of_turn()
        self.state = State.READY
        self._work = asyncio.get_running_loop().create_future()
        waiting = self._work
        self._on_ready()
        try:
            return await waiting
        except asyncio.CancelledError:
            if self.state is State.READY:
                self._on_lost()
            raise

    def refuse(self, status: int) -> Response:
        """Answer a request that cannot be read, or that failed in here (500).

        A request too large to read is the result of the running invocation.
        """
        if status == 413 and self.state is State.BUSY:
            return self._result(self._request_id, response_too_large())
        if status == 500:
            return _error(500, "InternalServerError", "The Runtime API failed")
        return _error(status, "InvalidRequest", "The request cannot be read")

    def _result(self, request_id: str, result: bytes | Failure) -> Response:
        if self.state is not State.BUSY:
            return self._out_of_turn()
        if request_id != self._request_id:
            return _error(400, "InvalidRequestID", "Invalid request ID")
        self.state = State.ANSWERED
        self._on_answer(result)
        if isinstance(result, Failure) and result == response_too_large():
            message = (
                f"Exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
            )
            return _error(413, "RequestEntityTooLarge", message)
        return Response(202, JSON, b'{"status":"OK"}')

    def _init_error(self, request: Request) -> Response:
        if self.state is not State.STARTING:
            return self._out_of_turn()
        self.state = State.FAILED
        self._on_init_error(_failure_of(request))
        return Response(202, JSON, b'{"status":"OK"}')

    def _out_of_turn(self) -> Response:
        message = f"The runtime is {self.state.value}"
        return _error(403, "InvalidStateTransition", message)


def _result_of(body: bytes) -> bytes | Failure:
    return body if len(body) <= MAX_RESPONSE_BYTES else response_too_large()


def _failure_of(request: Request) -> Failure:
    kind = request.header("lambda-runtime-function-error-type") or "Unhandled"
    return Failure(kind, request.body)


def _error(status: int, error_type: str, message: str) -> Response:
    return Response(
        status, JSON, compact({"errorMessage": message, "errorType": error_type})
    )
