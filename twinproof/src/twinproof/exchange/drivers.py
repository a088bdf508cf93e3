"""Sends requests to a target: over HTTP byte by byte, or by Lambda's Invoke."""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import select
import socket
import ssl
import time
from dataclasses import replace
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from twinproof.contract.openapi import Contract
from twinproof.errors import NoAnswer
from twinproof.exchange.aws_errors import AWS_ERRORS, ClientError
from twinproof.exchange.model import Request, Response
from twinproof.exchange.payload import (
    BadResult,
    Context,
    Event,
    as_sent,
    event_of,
    response_of,
)

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import InvocationResponseTypeDef

# An HTTP API gives up after 30 s and says so.
TIMEOUT_SECONDS = 35
MOST_INTERIM = 20


class Driver(Protocol):
    """Sends one request and returns the response; raises `NoAnswer`."""

    def send(self, request: Request) -> Response:
        """Send a request unchanged."""

    def close(self) -> None:
        """Close what is open."""


class Http:
    """HTTP/1.1 on sockets, so that path, query and headers can have any bytes.

    http.client and similar libraries refuse or correct what a hostile client would
    send. Connections are kept and reused by any thread.
    """

    def __init__(self, base_url: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        parts = urlsplit(base_url)
        self._tls = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._tls else 80)
        self._authority = parts.netloc.rpartition("@")[2]
        self._prefix = parts.path.rstrip("/")
        self._timeout = timeout_seconds
        # Append and pop of a list are atomic: no lock is needed.
        self._idle: list[socket.socket] = []

    def send(self, request: Request) -> Response:
        """Send a request and return the response, with headers in lower case."""
        data = self._wire_bytes(request)
        kept = self._kept()
        if kept is not None:
            # The server may close an idle connection just as it is reused. On a new
            # connection the same error is the result.
            with contextlib.suppress(ConnectionError, HTTPException):
                return self._exchange(kept, data, request.method)
        try:
            return self._exchange(self._connect(), data, request.method)
        except (OSError, HTTPException) as error:
            raise NoAnswer(f"{type(error).__name__}: {error}") from None

    def close(self) -> None:
        """Close every idle connection."""
        while self._idle:
            self._idle.pop().close()

    def _kept(self) -> socket.socket | None:
        while self._idle:
            link = self._idle.pop()
            # Readable while idle: the server has closed it.
            if not select.select([link], [], [], 0)[0]:
                return link
            link.close()
        return None

    def _connect(self) -> socket.socket:
        made = socket.create_connection((self._host, self._port), self._timeout)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls:
            context = ssl.create_default_context()
            made = context.wrap_socket(made, server_hostname=self._host)
        return made

    def _wire_bytes(self, request: Request) -> bytes:
        target = self._prefix + request.path
        if request.query:
            target += f"?{request.query}"
        lines = [f"{request.method} {target} HTTP/1.1"]
        headers = as_sent(request, self._authority).headers
        lines += [f"{name}: {value}" for name, value in headers]
        # surrogateescape: a case may have bytes that are not UTF-8.
        head = "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")
        return head + (request.body or b"")

    def _exchange(self, link: socket.socket, data: bytes, method: str) -> Response:
        with contextlib.ExitStack() as stack:
            stack.callback(link.close)
            # A server may refuse a body before its end, and close.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                link.sendall(data)
            answer = stack.enter_context(HTTPResponse(link, method=method))
            _begin(answer)
            body = answer.read()
            headers = tuple(
                (name.lower(), value) for name, value in answer.getheaders()
            )
            if not answer.will_close:
                stack.pop_all()
                answer.close()
                self._idle.append(link)
        return Response(answer.status, headers, body)


def _begin(answer: HTTPResponse) -> None:
    """Read up to the final response's headers (RFC 9110, 15.2: after interim ones).

    http.client skips only the interim response 100.
    """
    for _ in range(MOST_INTERIM):
        answer.begin()
        final = answer.status >= 200 or answer.status == HTTPStatus.SWITCHING_PROTOCOLS
        if final:
            return
        # Without headers, begin() reads the next answer.
        answer.headers = answer.msg = None  # type: ignore[assignment]
    raise HTTPException(f"more than {MOST_INTERIM} interim answers and no final one")


class Invoke:
    """Lambda's Invoke with a payload 2.0 event and the tail of the log."""

    def __init__(
        self, client: LambdaClient, functions: dict[str, str], contract: Contract
    ) -> None:
        """`functions`: by the contract's name of each; "" for the only one."""
        self._client = client
        self._functions = functions
        self._contract = contract
        self.shows_logs = True
        """Whether the endpoint knows LogType=Tail; `sam local` does not."""

    def send(self, request: Request) -> Response:
        """Invoke the function of the request's route and return its response."""
        context = self._context(request)
        event = event_of(as_sent(request, context.domain_name), context)
        try:
            reply = self._invoke(self._function(context.route_key), event)
            answered = reply["Payload"].read()
        except (*AWS_ERRORS, OSError) as error:
            raise NoAnswer(f"{type(error).__name__}: {error}") from None
        request_id, log = _request_id(event), None
        if self.shows_logs:
            tail = base64.b64decode(reply.get("LogResult", ""))
            log = tail.decode("utf-8", "replace")
        if "FunctionError" in reply:
            # The response of an HTTP API if the function failed.
            return Response(500, (), answered, log, request_id)
        return _response(answered, log, request_id)

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    def _invoke(self, function: str, event: Event) -> InvocationResponseTypeDef:
        data = json.dumps(event).encode()
        if self.shows_logs:
            try:
                return self._client.invoke(
                    FunctionName=function, Payload=data, LogType="Tail"
                )
            except ClientError as error:
                # It was refused before the function ran, so it can be retried.
                if error.response["Error"]["Code"] != "NotImplemented":
                    raise
                self.shows_logs = False
        return self._client.invoke(FunctionName=function, Payload=data)

    def _context(self, request: Request) -> Context:
        routed = self._contract.route(request.method, request.path)
        now_ms = time.time_ns() // 1_000_000
        request_id = secrets.token_urlsafe(12)
        if routed is None:
            return Context(f"{request.method} {request.path}", {}, request_id, now_ms)
        operation, parameters = routed
        return Context(operation.route_key, parameters, request_id, now_ms)

    def _function(self, route_key: str) -> str:
        if "" in self._functions:
            return self._functions[""]
        route = route_key.partition(" ")[2]
        return self._functions[self._contract.config.function_of(route)]


def _request_id(event: Any) -> str:
    """Return the request id of an event; "" if a case removed it."""
    try:
        return str(event["requestContext"]["requestId"])
    except (KeyError, TypeError):
        return ""


def _response(answered: bytes, log: str | None, request_id: str) -> Response:
    """Return the response that the gateway would make of a function's result."""
    try:
        response = response_of(answered)
    except BadResult:
        response = Response(500, (), answered)
    return replace(response, log=log, request_id=request_id)
