"""A proxy in front of the local cloud that records every call of the functions.

It forwards requests byte for byte, host header included, so that signatures stay valid.
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

# DynamoDB's requests and responses; the API reference has their shapes.
Json = Any

# Headers that the server writes itself.
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
    """One call to AWS.

    `action` is DynamoDB's action or S3's method. `request` and `answer` are the JSON of
    DynamoDB, empty for S3. `began` is a time of the monotonic clock.
    """

    service: str
    action: str
    request: Json
    answer: Json
    status: int
    began: float


class Recorder:
    """Forwards calls to a cloud and records them."""

    def __init__(self, upstream: str) -> None:
        self._upstream = urlsplit(upstream).netloc
        self._calls: list[RecordedCall] = []

    def take(self) -> list[RecordedCall]:
        """Return the calls since the last `take`, in the order in which they began."""
        calls, self._calls = self._calls, []
        return sorted(calls, key=lambda call: call.began)

    async def answer(self, request: Request) -> Response:
        """Return the cloud's response to a call."""
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
            # The host header names this proxy, so the cloud needs the token to answer.
            connection.putheader(TOKEN_HEADER, TOKEN)
            connection.endheaders(request.body)
            response = connection.getresponse()
            headers = [(name.lower(), value) for name, value in response.getheaders()]
            body = response.read()
            if request.method == "HEAD":
                # A HEAD response has no body but its length; the server drops the body.
                body = bytes(int(response.headers.get("content-length", 0)))
            passed = (pair for pair in headers if pair[0] not in HOP_HEADERS)
            return Response(response.status, tuple(passed), body)


@asynccontextmanager
async def recording(upstream: str) -> AsyncIterator[tuple[str, Recorder]]:
    """Serve at a loopback port; yield the endpoint and the recorder."""
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
    sent, received = (json.loads(content or b"{}") for content in (body, answer))
    return RecordedCall("dynamodb", action, sent, received, status, began)
