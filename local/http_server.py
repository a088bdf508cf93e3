"""An HTTP/1.1 server of plain requests and answers, on asyncio and httptools.

The local stack needs what a framework hides: every octet of the request line and of
the headers as sent, its own answer to a malformed request, a body limit that does not
collect what it refuses, and one server for each sandbox at the price of a socket.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

import httptools

from local.http_messages import LOOPBACK, Request, Response, encode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

# Answers are written in order; a client that pipelines more than this has to wait.
MAX_PIPELINED = 8
# How long a refused client may go on sending before it is cut off. Closing at once
# would reset the connection, and the client would never read the answer.
LINGER_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Service:
    """What a server serves.

    `answer` handles a request, `refuse` gives the answer to a request that never
    reaches it (400 malformed, 413 body over `max_body`, 431 head over `max_head`,
    both in octets) or whose answer failed (500). `crashed` gets the exception that
    made an answer fail; the client gets the 500, and nothing else ends.
    """

    answer: Callable[[Request], Awaitable[Response]]
    refuse: Callable[[int], Response]
    crashed: Callable[[BaseException], None]
    max_body: int
    max_head: int


class Server:
    """A listening socket on the loopback interface and its open connections."""

    def __init__(self, service: Service, listener: socket.socket) -> None:
        self.service = service
        self.port: int = listener.getsockname()[1]
        self.connections: set[Connection] = set()
        self._listener = listener
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Accept connections."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self), sock=self._listener
        )

    def close(self) -> None:
        """Accept no more, and drop every connection that is open."""
        if self._server:
            self._server.close()
        self._listener.close()
        for connection in tuple(self.connections):
            connection.abort()


def listen(port: int = 0) -> socket.socket:
    """Return a listening loopback socket; `OSError` where the port is in use.

    `OverflowError` where it is no port.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except (OSError, OverflowError):  # in use; no such port
        listener.close()
        raise
    listener.setblocking(False)
    return listener


class Connection(asyncio.Protocol):
    """One client connection: httptools calls the `on_` methods as it parses."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._service = server.service
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport
        self._waiting: deque[tuple[Request | int, bool]] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._refused = False
        self._begin()

    # ---- transport --------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the transport; small answers must not wait for Nagle."""
        self._transport = cast("asyncio.Transport", transport)
        # A client that hung up at once has no address any more.
        self._peer = str((transport.get_extra_info("peername") or (LOOPBACK,))[0])
        self._server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection, and cancel what its client waited for."""
        del exc
        self._server.connections.discard(self)
        if self._worker:
            self._worker.cancel()

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Parse; after a refusal only throw away."""
        if self._refused:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._decline_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserCallbackError as error:  # from an `on_` method
            self._service.crashed(error.__context__ or error)
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
        except httptools.HttpParserError:
            self._refuse(HTTPStatus.BAD_REQUEST)

    def _decline_upgrade(self, rest: bytes) -> None:
        """Read the request again without its Upgrade header: only HTTP/1.1 is served.

        The parser stops after the head of such a request and would lose the body.
        """
        if self._method() == "CONNECT":
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        if self._head_length > self._service.max_head:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return
        head = [f"{self._method()} {self._target.decode('ascii')} HTTP/1.1"]
        head += [f"{k}: {v}" for k, v in self._headers if k != "upgrade"]
        self._parser = httptools.HttpRequestParser(self)
        self.data_received(("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + rest)

    # ---- parser -----------------------------------------------------------------

    def _begin(self) -> None:
        self._target = b""
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._body_length = 0
        self._head_length = 0

    def _method(self) -> str:
        return self._parser.get_method().decode("ascii")

    def on_message_begin(self) -> None:
        """Start a request."""
        self._begin()

    def on_url(self, url: bytes) -> None:
        """Collect the request target, which may come in pieces."""
        self._target += url
        self._head_length += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header (or a trailer, which counts as one)."""
        self._head_length += len(name) + len(value)
        if self._head_length <= self._service.max_head:
            header = (name.decode("ascii").lower(), value.decode("latin-1"))
            self._headers.append(header)

    def on_headers_complete(self) -> None:
        """Ask a client that waits before sending its body to send it."""
        if ("expect", "100-continue") in self._headers and not self._waiting:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Collect the body as far as it may go."""
        self._body_length += len(body)
        if self._body_length <= self._service.max_body:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """Queue the request, or the status that refuses it."""
        if self._parser.should_upgrade():
            return
        self._enqueue(self._finished(), keep_alive=self._parser.should_keep_alive())

    def _finished(self) -> Request | int:
        if self._head_length > self._service.max_head:
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        if self._body_length > self._service.max_body:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        # RFC 9112 3.2: exactly one Host in HTTP/1.1. HTTP/0.9 has no headers at all.
        hosts = sum(name == "host" for name, _ in self._headers)
        version = self._parser.get_http_version()
        if hosts > 1 or version == "0.9" or (version == "1.1" and hosts == 0):
            return HTTPStatus.BAD_REQUEST
        return Request(
            method=self._method(),
            target=self._target.decode("ascii"),
            headers=tuple(self._headers),
            body=b"".join(self._body),
            peer=self._peer,
        )

    # ---- answers ----------------------------------------------------------------

    def _refuse(self, status: int) -> None:
        self._refused = True
        self._enqueue(status, keep_alive=False)

    def _enqueue(self, request: Request | int, *, keep_alive: bool) -> None:
        self._waiting.append((request, keep_alive))
        if len(self._waiting) == MAX_PIPELINED:
            self._transport.pause_reading()
        if self._worker is None:
            self._worker = asyncio.get_running_loop().create_task(self._work())
            self._worker.add_done_callback(self._worked)

    def _worked(self, worker: asyncio.Task[None]) -> None:
        if not worker.cancelled() and (error := worker.exception()):
            self.abort()
            self._service.crashed(error)

    async def _work(self) -> None:
        try:
            await self._answer_all()
        finally:
            # Here and not in `_worked`, which runs later: a request that arrives in
            # between would find a worker that no longer looks.
            self._worker = None

    async def _answer_all(self) -> None:
        while self._waiting:
            request, keep_alive = self._waiting[0]
            octets = await self._encoded(request, keep_alive=keep_alive)
            self._waiting.popleft()
            if self._transport.is_closing():
                return
            self._transport.resume_reading()
            self._transport.write(octets)
            if not keep_alive:
                self._linger()
                return

    async def _encoded(self, request: Request | int, *, keep_alive: bool) -> bytes:
        if not isinstance(request, Request):
            refusal = self._service.refuse(request)
            return encode(refusal, keep_alive=keep_alive, bodyless=False)
        bodyless = request.method == "HEAD"
        try:
            response = await self._service.answer(request)
            return encode(response, keep_alive=keep_alive, bodyless=bodyless)
        except Exception as error:  # noqa: BLE001 # whatever it is, it ends one request
            self._service.crashed(error)
            response = self._service.refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
            return encode(response, keep_alive=keep_alive, bodyless=bodyless)

    def _linger(self) -> None:
        self._refused = True
        if self._transport.can_write_eof():
            with suppress(OSError):  # the client is gone, which no event has told yet
                self._transport.write_eof()
        loop = asyncio.get_running_loop()
        loop.call_later(LINGER_SECONDS, self._transport.close)
