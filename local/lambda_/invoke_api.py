"""Lambda's Invoke API over the local functions, for boto3 and the contract tests.

Source: AWS Lambda API reference, action Invoke. `local.lambda_.endpoint` passes only
signed requests to it.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from urllib.parse import parse_qs, unquote
from uuid import uuid4

from local.http.messages import Request, Response
from local.lambda_.invocation import (
    MAX_REQUEST_BYTES,
    Invocation,
    Outcome,
    compact,
    trace_header,
    trace_root,
)
from local.lambda_.pool import TooManyInvocationsError
from local.lambda_.service import FunctionNotFoundError, LambdaService
from local.model import Function

PREFIX = "/2015-03-31/functions/"
SUFFIX = "/invocations"
TOO_MANY = ("TooManyRequestsException", "Rate Exceeded.")


class InvokeError(Exception):
    """The Invoke API refuses a request, with a status, AWS's code and a message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def response(self) -> Response:
        """Return the API's response for the error."""
        headers = (
            ("content-type", "application/json"),
            ("x-amzn-errortype", self.code),
            ("x-amzn-requestid", str(uuid4())),
        )
        kind = "User" if self.status < 500 else "Service"
        document = {"Type": kind, "Message": self.message}
        return Response(self.status, headers, compact(document))


def refuse(status: int) -> Response:
    """Answer a request that did not reach the API, or that failed in it (500)."""
    if status == 413:
        return _too_large().response()
    if status == 500:
        message = "An error occurred and the request cannot be processed."
        return InvokeError(500, "ServiceException", message).response()
    return InvokeError(400, "InvalidRequest", "The request cannot be read").response()


def _too_large() -> InvokeError:
    return InvokeError(
        413,
        "RequestTooLargeException",
        f"Request must be smaller than {MAX_REQUEST_BYTES} bytes",
    )


class InvokeApi:
    """Answers Invoke: RequestResponse, Event and DryRun; LogType None and Tail.

    It calls `invoked` after every invocation, with the function and its outcome.
    """

    def __init__(
        self, service: LambdaService, invoked: Callable[[Function, Outcome], None]
    ) -> None:
        self._service = service
        self._invoked = invoked
        self._events: set[asyncio.Task[Outcome]] = set()

    async def answer(self, request: Request) -> Response:
        """Answer one request to the Lambda endpoint."""
        try:
            return await self._answer(request)
        except FunctionNotFoundError as error:
            message = f"Function not found: {error.name}"
            return InvokeError(404, "ResourceNotFoundException", message).response()
        except TooManyInvocationsError:
            return InvokeError(429, *TOO_MANY).response()
        except InvokeError as error:
            return error.response()

    async def _answer(self, request: Request) -> Response:
        path, _, query = request.target.partition("?")
        name = path.removeprefix(PREFIX).removesuffix(SUFFIX)
        if path != PREFIX + name + SUFFIX or request.method != "POST":
            raise InvokeError(404, "UnknownOperationException", "Only Invoke is here")
        qualifier = parse_qs(query).get("Qualifier", [None])[0]
        function = self._service.find(unquote(name), qualifier)
        invocation = _invocation(request, function)
        kind = request.header("x-amz-invocation-type") or "RequestResponse"
        match kind:
            case "DryRun":
                return _accepted(204, invocation, function)
            case "Event":
                self._later(function, invocation)
                return _accepted(202, invocation, function)
            case "RequestResponse":
                outcome = await self._run(function, invocation, queued=False)
                tail = request.header("x-amz-log-type") == "Tail"
                return _answered(outcome, tail=tail)
            case _:
                message = f"Unknown invocation type: {kind}"
                raise InvokeError(400, "InvalidParameterValueException", message)

    async def _run(
        self, function: Function, invocation: Invocation, *, queued: bool
    ) -> Outcome:
        outcome = await self._service.invoke(function, invocation, queued=queued)
        self._invoked(function, outcome)
        return outcome

    def _later(self, function: Function, invocation: Invocation) -> None:
        running = self._run(function, invocation, queued=True)
        task = asyncio.get_running_loop().create_task(running)
        self._events.add(task)
        task.add_done_callback(self._ran)

    def _ran(self, task: asyncio.Task[Outcome]) -> None:
        self._events.discard(task)
        if not task.cancelled() and (error := task.exception()):
            context = {"message": "an event could not be run", "exception": error}
            task.get_loop().call_exception_handler(context)


def _invocation(request: Request, function: Function) -> Invocation:
    if len(request.body) > MAX_REQUEST_BYTES:
        raise _too_large()
    payload = request.body or b"{}"
    try:
        json.loads(payload)
    except (ValueError, RecursionError) as error:
        message = f"Could not parse request body into json: {error}"
        raise InvokeError(400, "InvalidRequestContentException", message) from error
    return Invocation(
        payload=payload,
        arn=function.alias,
        trace_id=trace_header(trace_root()),
        client_context=_client_context(request),
    )


def _client_context(request: Request) -> str | None:
    """Return the caller's context, decoded from base64; it is JSON."""
    encoded = request.header("x-amz-client-context")
    if encoded is None:
        return None
    try:
        context = base64.b64decode(encoded, validate=True).decode("ascii")
        json.loads(context)
    except (ValueError, RecursionError) as error:
        message = "Client context must be a valid Base64-encoded JSON object."
        raise InvokeError(400, "InvalidRequestContentException", message) from error
    # The runtime gets it in a header. In JSON a line break between two tokens means
    # the same as a space.
    return context.replace("\r", " ").replace("\n", " ")


def _accepted(status: int, invocation: Invocation, function: Function) -> Response:
    headers = (
        ("x-amzn-requestid", invocation.request_id),
        ("x-amz-executed-version", function.version),
    )
    return Response(status, headers)


def _answered(outcome: Outcome, *, tail: bool) -> Response:
    headers = [
        ("content-type", "application/json"),
        ("x-amzn-requestid", outcome.request_id),
        ("x-amz-executed-version", outcome.version),
    ]
    if outcome.error:
        headers.append(("x-amz-function-error", outcome.error))
    if tail:
        log = base64.b64encode(outcome.tail).decode("ascii")
        headers.append(("x-amz-log-result", log))
    return Response(200, tuple(headers), outcome.payload)
