"""An HTTP/1.1 server of plain requests and responses, on asyncio and h11.

The local stack needs four things that a framework hides: the request target as sent,
its own response to a malformed request, a body limit that does not store a refused
body, and a server for each sandbox that costs only a socket.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from local.http.messages import LOOPBACK, Request, Response, encode
from local.http.reader import Message, Reader

# The requests of one connection are answered one after the other. A client that sends
# more than this before it gets a response has to wait.
MAX_AHEAD_BYTES = 65_536
# A refused client may continue to send for this time before the connection is closed.
# Closing at once would reset it, and the client would never read the response.
LINGER_SECONDS = 2
# A slow client may take this time to read the last response.
LAST_ANSWER_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Service:
    """The functions and the limits of a server.

    `answer` handles a request. `refuse` returns the response if the request does not
    reach `answer` (400 malformed, 413 body over `max_body`, 431 head over `max_head`,
    both in bytes) or if `answer` fails (500). `crashed` gets the exception of that
    failure; the server continues.
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
        """Stop accepting connections, and drop all open ones."""
        if self._server:
            self._server.close()
        self._listener.close()
        for connection in tuple(self.connections):
            connection.abort()


def listen(port: int = 0) -> socket.socket:
    """Return a listening loopback socket.

    Raises `OSError` if the port is in use, `OverflowError` if it is not a valid port.
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
    """One client connection: reads a request, writes its response, and repeats."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._service = server.service
        self._transport: asyncio.Transport
        self._reader: Reader
        self._worker: asyncio.Task[None] | None = None
        self._ended = False
        self._writable = asyncio.Event()
        self._writable.set()

    # ---- transport --------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Prepare to read."""
        self._transport = cast("asyncio.Transport", transport)
        # A client that hung up at once no longer has an address.
        peer = str((transport.get_extra_info("peername") or (LOOPBACK,))[0])
        self._reader = Reader(self._service.max_head, self._service.max_body, peer)
        self._server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection, and cancel the work for its client.

        A client that has closed only its sending half cannot be distinguished, so its
        work is cancelled too.
        """
        del exc
        self._server.connections.discard(self)
        if self._worker:
            self._worker.cancel()

    def pause_writing(self) -> None:
        """Send no further responses while the client does not read."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Continue to send responses."""
        self._writable.set()

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Read requests; drop the bytes after the last message."""
        if self._ended:
            return
        self._reader.feed(data)
        if self._worker:
            self._pace()
        elif message := self._next():
            loop = asyncio.get_running_loop()
            self._worker = loop.create_task(self._work(message))

    def _pace(self) -> None:
        """While a response is due, stop reading if too much follows its request."""
        if self._reader.ahead > MAX_AHEAD_BYTES:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    # ---- messages ---------------------------------------------------------------

    def _next(self) -> Message | None:
        """Return the next message if it is complete."""
        try:
            message = self._reader.next()
        except Exception as error:  # noqa: BLE001 # any error ends only one client
            self._service.crashed(error)
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            message = Message(status, is_head=False, keep_alive=False)
        if message:
            self._ended = not message.keep_alive
        elif invitation := self._reader.invitation():
            self._transport.write(invitation)
        return message

    async def _work(self, first: Message) -> None:
        """Answer messages until no complete one is left."""
        message: Message | None = first
        try:
            while message:
                await self._answer(message)
                await self._writable.wait()
                gone = self._ended or self._transport.is_closing()
                message = None if gone else self._next()
                self._pace()
        except Exception as error:  # noqa: BLE001 # even the refusal failed
            self.abort()
            self._service.crashed(error)
        finally:
            self._worker = None
            self._transport.resume_reading()

    async def _answer(self, message: Message) -> None:
        data = await self._encoded(message)
        if self._transport.is_closing():
            return
        self._transport.write(data)
        if not message.keep_alive:
            self._linger()

    async def _encoded(self, message: Message) -> bytes:
        try:
            if isinstance(message.request, Request):
                response = await self._service.answer(message.request)
            else:
                response = self._service.refuse(message.request)
            return _data(response, message)
        except Exception as error:  # noqa: BLE001 # any error ends only one request
            self._service.crashed(error)
            response = self._service.refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
            return _data(response, message)

    def _linger(self) -> None:
        if self._transport.can_write_eof():
            with suppress(OSError):  # asyncio has not seen the hang-up
                self._transport.write_eof()
        loop = asyncio.get_running_loop()
        loop.call_later(LINGER_SECONDS, self._transport.close)
        loop.call_later(LAST_ANSWER_SECONDS, self._transport.abort)


def _data(response: Response, message: Message) -> bytes:
    return encode(response, keep_alive=message.keep_alive, bodyless=message.is_head)
