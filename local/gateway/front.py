"""The HTTP front of one implementation: it handles a request as API Gateway does."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Protocol

from local.emulator.access import Access
from local.gateway import cors
from local.gateway.docs import Docs
from local.gateway.events import event_of, message, new_request_id, response_of
from local.http.messages import Request, Response
from local.http.routes import Routes
from local.lambda_.invocation import (
    MAX_REQUEST_BYTES,
    Invocation,
    Outcome,
    compact,
    trace_header,
    trace_root,
)
from local.lambda_.pool import TooManyInvocationsError
from local.lambda_.request_log import RequestLog, explanation_of, method_of, name_of
from local.model import Deployment, Function
from twinproof.exchange.payload import BadResult

# See in contract/: aws.yaml#http-api-payload-limit, aws.yaml#http-api-head-limit,
# aws.yaml#http-api-timeout.
MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_HEAD_BYTES = 10_240
INTEGRATION_SECONDS = 30

PATH_AND_QUERY = re.compile(r"[/?].*")

# Not AWS's: this header shows a client of this stack when to retry.
RETRY_AFTER = (("retry-after", "1"),)

MESSAGES = {
    400: "Bad Request",
    404: "Not Found",
    413: "Request Entity Too Large",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def refuse(status: int) -> Response:
    """Return an error response of the gateway itself, without a function."""
    headers = (("apigw-requestid", new_request_id()),)
    return _with(message(status, MESSAGES[status]), headers)


def _with(response: Response, headers: tuple[tuple[str, str], ...]) -> Response:
    return Response(response.status, response.headers + headers, response.body)


class Functions(Protocol):
    """Runs functions, as the local Lambda service does."""

    async def invoke(self, function: Function, invocation: Invocation) -> Outcome:
        """Run an invocation and return its outcome."""


class Front:
    """Serves one deployment over HTTP."""

    def __init__(
        self,
        deployment: Deployment,
        functions: Functions,
        docs: Docs,
        port: int,
        log: RequestLog,
    ) -> None:
        self._deployment = deployment
        self._functions = functions
        self._docs = docs
        self._port = port
        self._access = Access(port)
        self._log = log
        self._routes = Routes(deployment.routes)

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        began = time.perf_counter()
        # Unlike API Gateway, refuse other host names: any name can resolve to this
        # machine.
        if refusal := self._access.refusal(request.target, request.headers):
            response = message(refusal.status, refusal.reason)
            self._log.answered(f"{method_of(request)} (other host)", response, 0, b"")
            return response
        request = _origin_form(request)
        if page := self._docs.answer(request):
            seconds = time.perf_counter() - began
            cause = page.body if page.status >= 500 else b""
            self._log.answered(f"{method_of(request)} /docs", page, seconds, cause)
            return page
        request_id = new_request_id()
        if cors.is_preflight(request) and self._deployment.cors.allow_origins:
            name = "OPTIONS (preflight)"
            response, log = cors.preflight(self._deployment.cors, request), b""
        else:
            name, response, log = await self._route(request, request_id)
            response = _with(response, cors.headers_for(self._deployment.cors, request))
        self._log.answered(name, response, time.perf_counter() - began, log)
        return _with(response, (("apigw-requestid", request_id),))

    async def _route(
        self, request: Request, request_id: str
    ) -> tuple[str, Response, bytes]:
        """Return the request's name in the log, its response and its explanation."""
        match = self._routes.find(request.method, request.target.partition("?")[0])
        if match is None:
            return f"{method_of(request)} (no route)", message(404, MESSAGES[404]), b""
        trace = trace_root()
        event = event_of(
            request, match, request_id=request_id, trace=trace, port=self._port
        )
        function = self._deployment.functions[match.route.function]
        invocation = Invocation(compact(event), function.alias, trace_header(trace))
        response, log = await self._integrate(function, invocation)
        return name_of(match), response, log

    async def _integrate(
        self, function: Function, invocation: Invocation
    ) -> tuple[Response, bytes]:
        if len(invocation.payload) > MAX_REQUEST_BYTES:
            return message(413, MESSAGES[413]), b""
        running = self._functions.invoke(function, invocation)
        seconds = INTEGRATION_SECONDS if function.debug_port is None else None
        try:
            outcome = await asyncio.wait_for(running, seconds)
        except TimeoutError:
            return message(503, MESSAGES[503]), b""
        except TooManyInvocationsError:
            return _with(message(503, MESSAGES[503]), RETRY_AFTER), b""
        cause = explanation_of(outcome)
        if outcome.error:
            return message(500, MESSAGES[500]), cause
        try:
            return self._integrated(response_of(outcome.payload)), cause
        except BadResult as error:
            cause += f"the function's result is no response: {error}\n".encode()
            return message(500, MESSAGES[500]), cause

    def _integrated(self, response: Response) -> Response:
        if not self._deployment.cors.allow_origins:
            return response
        kept = [h for h in response.headers if not h[0].startswith(cors.PREFIX)]
        return Response(response.status, tuple(kept), response.body)


def _origin_form(request: Request) -> Request:
    """Return a request whose target begins with the path (RFC 9112 3.2.2)."""
    if request.target.startswith("/"):
        return request
    path = PATH_AND_QUERY.search(request.target.partition("://")[2])
    target = path[0] if path else ""
    target = target if target.startswith("/") else "/" + target
    return Request(request.method, target, request.headers, request.body, request.peer)
