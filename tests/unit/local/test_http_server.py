"""The server of the front: requests passed to a handler, and requests refused."""

from __future__ import annotations

import asyncio
import errno
import socket
import tracemalloc

import h11
import pytest

from local.http.messages import Request, Response
from local.http.reader import Reader
from local.http.server import MAX_AHEAD_BYTES, Connection, Server, Service, listen
from tests.unit.local.http_client import (
    CLOSE,
    MAX_BODY,
    MAX_HEAD,
    client,
    echo,
    exchange,
    refuse,
)


def test_pipelined_requests_are_answered_in_order() -> None:
    first = b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % n for n in range(20))
    received, _ = exchange(first + b"GET /20 HTTP/1.1\r\n" + CLOSE + b"\r\n")

    said = [line for line in received.split("\r\n") if line.startswith("GET ")]
    bodies = [line.split("HTTP/1.1")[0] for line in said]
    assert bodies == [f"GET /{n} 0" for n in range(21)]


def test_response_to_head_has_a_length_and_no_body() -> None:
    received, _ = exchange(b"HEAD /abc HTTP/1.1\r\n" + CLOSE + b"\r\n")

    assert "content-length: 11\r\n" in received
    assert received.endswith("\r\n\r\n")


def test_no_content_has_no_length() -> None:
    async def empty(_: Request) -> Response:
        return Response(204)

    received, _ = exchange(b"GET / HTTP/1.1\r\n" + CLOSE + b"\r\n", answer=empty)

    assert received.startswith("HTTP/1.1 204 No Content\r\n")
    assert "content-length" not in received


def test_header_bytes_above_ascii_arrive_as_latin_1() -> None:
    async def name(request: Request) -> Response:
        return Response(200, (), (request.header("x-name") or "").encode("latin-1"))

    sent = b"GET / HTTP/1.1\r\n" + CLOSE + b"X-Name: \xe9\xff\r\n\r\n"
    received, _ = exchange(sent, answer=name)

    assert received.endswith("\r\n\r\n\xe9\xff")


async def fail_for_zero(request: Request) -> Response:
    """Fail for `/0`; return text without bytes for `/1`, else a good response."""
    if request.target == "/0":
        raise ZeroDivisionError
    if request.target == "/1":
        return Response(200, (("x-a", "\ud800"),))
    return await echo(request)


@pytest.mark.parametrize(
    ("target", "kind"), [(b"/0", ZeroDivisionError), (b"/1", UnicodeEncodeError)]
)
def test_failed_handler_gives_a_500_and_the_next_request_is_answered(
    target: bytes, kind: type[Exception]
) -> None:
    first = b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /2 HTTP/1.1\r\n" + CLOSE + b"\r\n"

    received, crashes = exchange(first + last, answer=fail_for_zero)

    assert received.startswith("HTTP/1.1 500 Internal Server Error\r\n")
    assert "connection: keep-alive\r\n\r\nrefused" in received
    assert received.endswith("GET /2 0")
    assert [type(crash) for crash in crashes] == [kind]


def test_connection_ends_if_even_the_refusal_fails() -> None:
    crashes: list[BaseException] = []

    def fail(_: int) -> Response:
        raise KeyError

    async def run() -> str:
        service = Service(fail_for_zero, fail, crashes.append, MAX_BODY, MAX_HEAD)
        server = Server(service, listen())
        await server.start()
        try:
            request = b"GET /0 HTTP/1.1\r\n" + CLOSE + b"\r\n"
            return await asyncio.wait_for(client(server.port, (request,)), 5)
        finally:
            server.close()

    assert asyncio.run(run()) == ""
    assert [type(crash) for crash in crashes] == [ZeroDivisionError, KeyError]


def test_error_while_reading_a_request_gives_a_500(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(h11.Connection, "next_event", fail)
    received, crashes = exchange(b"GET / HTTP/1.1\r\n" + CLOSE + b"\r\n")

    assert received.startswith("HTTP/1.1 500 ")
    assert [type(crash) for crash in crashes] == [ZeroDivisionError]


GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def raising(error: BaseException) -> None:
    raise error


class Gone(asyncio.Transport):
    """The transport of a client that has hung up, before the loop knows it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.paused = False
        self.closing = False

    def is_closing(self) -> bool:
        return self.closing

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def write(self, data: object) -> None:
        assert isinstance(data, bytes)
        self.written += data

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        raise OSError(errno.ENOTCONN, "not connected")

    def close(self) -> None: ...

    def abort(self) -> None: ...


def test_client_that_hung_up_causes_no_error() -> None:
    """Its address is unknown, and its connection cannot be shut down."""
    crashes: list[BaseException] = []
    transport = Gone()

    async def run() -> None:
        service = Service(echo, refuse, crashes.append, MAX_BODY, MAX_HEAD)
        with listen() as listener:
            connection = Connection(Server(service, listener))
            connection.connection_made(transport)
            connection.data_received(b"GET / HTTP/1.1\r\n" + CLOSE + b"\r\n")
            while not transport.written:
                await asyncio.sleep(0)
            connection.connection_lost(None)

    asyncio.run(run())

    assert transport.written.endswith(b"GET / 0")
    assert crashes == []


def test_pipelined_request_of_a_client_that_hung_up_is_not_run() -> None:
    transport = Gone()
    targets = []

    async def answer(request: Request) -> Response:
        targets.append(request.target)
        transport.closing = True
        return Response(200)

    async def run() -> None:
        service = Service(answer, refuse, raising, MAX_BODY, MAX_HEAD)
        with listen() as listener:
            connection = Connection(Server(service, listener))
            connection.connection_made(transport)
            connection.data_received(GET * 2)
            for _ in range(10):  # turns of the loop; the second request would need two
                await asyncio.sleep(0)
            connection.connection_lost(None)

    asyncio.run(asyncio.wait_for(run(), 5))

    assert targets == ["/"]


def test_client_that_sends_far_ahead_has_to_wait() -> None:
    """Its bytes stay in its socket until a response is written."""
    transport = Gone()
    paused = []

    async def run() -> None:
        service = Service(echo, refuse, raising, MAX_BODY, MAX_HEAD)
        with listen() as listener:
            connection = Connection(Server(service, listener))
            connection.connection_made(transport)
            connection.data_received(GET)
            connection.data_received(GET * (MAX_AHEAD_BYTES // len(GET)))
            paused.append(transport.paused)
            connection.data_received(GET)
            paused.append(transport.paused)
            while transport.paused:
                await asyncio.sleep(0)
            connection.connection_lost(None)

    asyncio.run(asyncio.wait_for(run(), 5))

    assert paused == [False, True]
    assert transport.written.endswith(b"GET / 0")


def test_client_that_does_not_read_gets_no_further_responses() -> None:
    transport = Gone()

    async def run() -> None:
        service = Service(echo, refuse, raising, MAX_BODY, MAX_HEAD)
        with listen() as listener:
            connection = Connection(Server(service, listener))
            connection.connection_made(transport)
            connection.pause_writing()
            connection.data_received(GET * 3)
            while not transport.written:
                await asyncio.sleep(0)
            for _ in range(10):
                await asyncio.sleep(0)
            assert transport.written.count(b"GET / 0") == 1
            connection.resume_writing()
            while transport.written.count(b"GET / 0") < 3:
                await asyncio.sleep(0)
            connection.connection_lost(None)

    asyncio.run(asyncio.wait_for(run(), 5))


def test_body_in_tiny_chunks_takes_no_more_memory_than_its_bytes() -> None:
    reader = Reader(MAX_HEAD, 10 * MAX_BODY, "127.0.0.1")
    head = b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
    reader.feed(head)
    reader.next()
    size = 5_000

    tracemalloc.start()
    try:
        for _ in range(size):
            reader.feed(b"1\r\na\r\n")
            assert reader.next() is None
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert kept < 4 * size


def test_port_in_use_is_an_error() -> None:
    with listen() as taken, pytest.raises(OSError, match="in use"):
        listen(taken.getsockname()[1])


def test_server_listens_only_on_loopback() -> None:
    with listen() as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        assert listener.family == socket.AF_INET
