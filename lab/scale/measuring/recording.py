"""A proxy before the local cloud that keeps every call of the functions.

Requests go on octet for octet, host header included, so that signatures hold.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from local.emulator.access import TOKEN_HEADER
from local.emulator.cloud import TOKEN

# DynamoDB's requests and answers; their shapes stand in its API reference.
Json = Any

HOP_HEADERS = {"connection", "keep-alive", "transfer-encoding"}


@dataclass(frozen=True)
class Call:
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
    """Takes in calls from any thread."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def add(self, call: Call) -> None:
        """Keep a call."""
        with self._lock:
            self._calls.append(call)

    def take(self) -> list[Call]:
        """Return the calls since the last time, in the order they began."""
        with self._lock:
            calls, self._calls = self._calls, []
        return sorted(calls, key=lambda call: call.began)


@contextmanager
def recording(upstream: str) -> Iterator[tuple[str, Recorder]]:
    """Serve at a port of the loopback; yield the endpoint and what it records."""
    recorder = Recorder()
    host = urlsplit(upstream).netloc

    class Handler(_Forwarding):
        """A handler that knows whither, and for whom."""

        to, keep = host, recorder

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", recorder
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# Not `local.http.server`: that one writes a date and a length of its own, and these
# answers must stay as the cloud sent them (a HEAD has the length of what it omits).
class _Server(ThreadingHTTPServer):
    # A list of 32 shards connects 32 times at once; the default lets 5 wait.
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a sandbox that ended with its connections open."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Forwarding(BaseHTTPRequestHandler):
    to: str
    keep: Recorder
    protocol_version = "HTTP/1.1"
    # An answer in one piece: two small ones would wait for an acknowledgement.
    wbufsize = 65_536
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self._upstream = HTTPConnection(self.to)

    def finish(self) -> None:
        self._upstream.close()
        super().finish()

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        began = time.monotonic()
        self._upstream.putrequest(
            self.command, self.path, skip_host=True, skip_accept_encoding=True
        )
        for name, value in self.headers.items():
            self._upstream.putheader(name, value)
        # The host is this proxy's, which the cloud would not answer to.
        self._upstream.putheader(TOKEN_HEADER, TOKEN)
        self._upstream.endheaders(body)
        response = self._upstream.getresponse()
        answer = response.read()
        target = self.headers.get("x-amz-target", "")
        call = _call(target or self.command, body, answer, response.status, began)
        self.keep.add(call)
        self.send_response_only(response.status)
        for name, value in response.getheaders():
            if name.lower() not in HOP_HEADERS:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET = do_HEAD = do_PUT = do_DELETE = _forward  # noqa: N815 # http.server's names

    def log_message(self, *_: object) -> None:
        """Say nothing: the calls are kept, not told."""


def _call(what: str, body: bytes, answer: bytes, status: int, began: float) -> Call:
    service, _, action = what.rpartition(".")
    if not service:
        return Call("s3", what, {}, {}, status, began)
    said = [json.loads(octets or b"{}") for octets in (body, answer)]
    return Call("dynamodb", action, said[0], said[1], status, began)
