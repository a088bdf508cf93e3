"""A proxy before the local cloud that keeps every call of the functions.

Requests go on octet for octet, host header included, so that signatures hold.
"""

from __future__ import annotations

import asyncio
import json
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from local.emulator.access import TOKEN_HEADER
from local.emulator.cloud import TOKEN
from local.http.messages import Request, Response
from local.http.server import Server, Service, listen

# DynamoDB's requests and answers; their shapes stand in its API reference.
Json = Any

# What the server writes of its own.
HOP_HEADERS = {
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "transfer-encoding",
}
MAX_BODY_BYTES = 16 * 1024 * 1024  # what DynamoDB takes in a batch
MAX_HEAD_BYTES = 65_536


@dataclass(frozen=True)
class RecordedCall:
    """One call to AWS; `request` and `answer` are empty but for DynamoDB's JSON.

    `action` is DynamoDB's, or S3's method; `began` is of the monotonic clock.
    """

    service: str
    action: str
    request: Json
    answer: Json
    status: int
    began: float


class Recorder:
    """Hands calls on to a cloud, and keeps them."""

    def __init__(self, upstream: str) -> None:
        self._upstream = urlsplit(upstream).netloc
        self._calls: list[RecordedCall] = []

    def take(self) -> list[RecordedCall]:
        """Return the calls since the last time, in the order they began."""
        calls, self._calls = self._calls, []
        return sorted(calls, key=lambda call: call.began)

    async def answer(self, request: Request) -> Response:
        """Return the cloud's answer to a call."""
        began = time.monotonic()
        response = await asyncio.to_thread(self._forward, request)
        what = request.header("x-amz-target") or request.method
        call = _call(what, request.body, response.body, response.status, began)
        self._calls.append(call)
        return response

    def _forward(self, request: Request) -> Response:
        with closing(HTTPConnection(self._upstream)) as connection:
            connection.putrequest(
                request.method,
                request.target,
                skip_host=True,
                skip_accept_encoding=True,
            )
            for name, value in request.headers:
                connection.putheader(name, value)
            # The host is this proxy's, which the cloud would not answer to.
            connection.putheader(TOKEN_HEADER, TOKEN)
            connection.endheaders(request.body)
            response = connection.getresponse()
            headers = [(name.lower(), value) for name, value in response.getheaders()]
            body = response.read()
            if request.method == "HEAD":
                # Never sent: its length is what such an answer tells.
                body = bytes(int(response.headers.get("content-length", 0)))
            passed = (pair for pair in headers if pair[0] not in HOP_HEADERS)
            return Response(response.status, tuple(passed), body)


@asynccontextmanager
async def recording(upstream: str) -> AsyncIterator[tuple[str, Recorder]]:
    """Serve at a port of the loopback; yield the endpoint and what it records."""
    recorder = Recorder(upstream)
    service = Service(
        recorder.answer,
        Response,
        traceback.print_exception,
        max_body=MAX_BODY_BYTES,
        max_head=MAX_HEAD_BYTES,
    )
    server = Server(service, listen())
    await server.start()
    try:
        yield f"http://127.0.0.1:{server.port}", recorder
    finally:
        server.close()


def _call(
    what: str, body: bytes, answer: bytes, status: int, began: float
) -> RecordedCall:
    service, _, action = what.rpartition(".")
    if not service:
        return RecordedCall("s3", what, {}, {}, status, began)
    said = [json.loads(octets or b"{}") for octets in (body, answer)]
    return RecordedCall("dynamodb", action, said[0], said[1], status, began)
