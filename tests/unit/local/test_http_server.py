"""The server under the front: what reaches a handler, and what is refused."""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import TYPE_CHECKING

import pytest

from local.http_messages import Request, Response
from local.http_server import Connection, Server, Service, listen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

MAX_BODY = 1_000
MAX_HEAD = 500


async def echo(request: Request) -> Response:
    """Say what arrived, after giving other requests the chance to overtake."""
    await asyncio.sleep(0)
    said = f"{request.method} {request.target} {len(request.body)}"
    return Response(200, (("x-headers", str(len(request.headers))),), said.encode())


def refuse(status: int) -> Response:
    return Response(status, (), b"refused")


def exchange(
    *pieces: bytes, answer: Callable[[Request], Awaitable[Response]] = echo
) -> tuple[str, list[BaseException]]:
    """Send pieces on one connection, close its sending half; all that is answered."""
    crashes: list[BaseException] = []

    async def run() -> str:
        service = Service(answer, refuse, crashes.append, MAX_BODY, MAX_HEAD)
        server = Server(service, listen())
        await server.start()
        try:
            return await asyncio.wait_for(client(server.port, pieces), 5)
        finally:
            server.close()

    return asyncio.run(run()), crashes


async def client(port: int, pieces: tuple[bytes, ...]) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)  # lets the server see the pieces one by one
    received = (await reader.read()).decode("latin-1")
    writer.close()
    await writer.wait_closed()
    return received


CLOSE = b"Host: x\r\nConnection: close\r\n"


def test_one_request_in_many_pieces_is_one_request() -> None:
    request = b"POST /a?b HTTP/1.1\r\n" + CLOSE + b"Content-Length: 3\r\n\r\nabc"
    received, _ = exchange(*(bytes([octet]) for octet in request))

    assert received.startswith("HTTP/1.1 200 OK\r\n")
    assert received.endswith("\r\n\r\nPOST /a?b 3")


def test_pipelined_requests_are_answered_in_order() -> None:
    first = b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % n for n in range(20))
    received, _ = exchange(first + b"GET /20 HTTP/1.1\r\n" + CLOSE + b"\r\n")

    said = [line for line in received.split("\r\n") if line.startswith("GET ")]
    bodies = [line.split("HTTP/1.1")[0] for line in said]
    assert bodies == [f"GET /{n} 0" for n in range(21)]


def test_chunked_body_is_joined() -> None:
    head = b"POST / HTTP/1.1\r\n" + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n"
    received, _ = exchange(head, b"2\r\nab\r\n", b"1\r\nc\r\n0\r\n\r\n")

    assert received.endswith("POST / 3")


def test_head_is_answered_with_the_length_and_no_body() -> None:
    received, _ = exchange(b"HEAD /abc HTTP/1.1\r\n" + CLOSE + b"\r\n")

    assert "content-length: 11\r\n" in received
    assert received.endswith("\r\n\r\n")


def test_no_content_has_no_length() -> None:
    async def empty(_: Request) -> Response:
        return Response(204)

    received, _ = exchange(b"GET / HTTP/1.1\r\n" + CLOSE + b"\r\n", answer=empty)

    assert received.startswith("HTTP/1.1 204 No Content\r\n")
    assert "content-length" not in received


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_connection_is_kept_as_the_version_has_it(version: bytes) -> None:
    keep = b"" if version == b"1.1" else b"Connection: keep-alive\r\n"
    first = b"GET /1 HTTP/" + version + b"\r\nHost: x\r\n" + keep + b"\r\n"
    received, _ = exchange(first, b"GET /2 HTTP/1.1\r\n" + CLOSE + b"\r\n")

    assert "GET /1 0" in received
    assert "GET /2 0" in received


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /caf\xc3\xa9 HTTP/1.1",
        b"GET /a b HTTP/1.1",
        b"GET /\x00 HTTP/1.1",
        b"GET /\x7f HTTP/1.1",
        b"BREW / HTTP/1.1",
        b"GET / HTTP/9.9",
        b"GET /",
        b"CONNECT a:80 HTTP/1.1",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_malformed_request_line_is_refused_with_400(request_line: bytes) -> None:
    received, crashes = exchange(request_line + b"\r\n" + CLOSE + b"\r\n")

    assert received.startswith("HTTP/1.1 400 Bad Request\r\n")
    assert received.endswith("refused")
    assert crashes == []


@pytest.mark.parametrize(
    "header",
    [
        b"a b: c",
        b"\xff: c",
        b": c",
        b"a: b\x00c",
        b"a: b\x01c",
        b"Host: y",
        b"Content-Length: 3\r\nTransfer-Encoding: chunked",
        b"Content-Length: 3\r\nContent-Length: 4",
        b"Content-Length: -1",
        b"Transfer-Encoding: gzip",
    ],
)
def test_malformed_header_is_refused_with_400(header: bytes) -> None:
    received, _ = exchange(b"GET / HTTP/1.1\r\n" + CLOSE + header + b"\r\n\r\n")

    assert received.startswith("HTTP/1.1 400 ")


def test_request_without_host_is_refused_with_400() -> None:
    received, _ = exchange(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")

    assert received.startswith("HTTP/1.1 400 ")


def test_header_octets_above_ascii_arrive_as_latin_1() -> None:
    async def name(request: Request) -> Response:
        return Response(200, (), (request.header("x-name") or "").encode("latin-1"))

    sent = b"GET / HTTP/1.1\r\n" + CLOSE + b"X-Name: \xe9\xff\r\n\r\n"
    received, _ = exchange(sent, answer=name)

    assert received.endswith("\r\n\r\n\xe9\xff")


def test_body_over_the_limit_is_refused_with_413_after_it_is_read() -> None:
    head = b"POST / HTTP/1.1\r\n" + CLOSE + b"Content-Length: 1001\r\n\r\n"
    received, _ = exchange(head, *([b"x" * 143] * 7))

    assert received.startswith("HTTP/1.1 413 ")


def test_body_at_the_limit_is_read() -> None:
    head = b"POST / HTTP/1.1\r\n" + CLOSE + b"Content-Length: 1000\r\n\r\n"
    received, _ = exchange(head, b"x" * 1000)

    assert received.endswith("POST / 1000")


@pytest.mark.parametrize("part", [b"/" + b"p" * MAX_HEAD, b"/"])
def test_head_over_the_limit_is_refused_with_431(part: bytes) -> None:
    long = b"X: " + b"v" * MAX_HEAD
    received, _ = exchange(
        b"GET " + part + b" HTTP/1.1\r\n" + CLOSE + long + b"\r\n\r\n"
    )

    assert received.startswith("HTTP/1.1 431 ")


def test_upgrade_does_not_carry_a_head_over_the_limit_past_it() -> None:
    head = b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"v" * MAX_HEAD + b"\r\n"
    upgrade = b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    received, _ = exchange(head + upgrade)

    assert received.startswith("HTTP/1.1 431 ")


def test_upgrade_is_declined_and_the_body_still_read() -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n"
    last = b"GET /2 HTTP/1.1\r\n" + CLOSE + b"\r\n"
    received, _ = exchange(head + upgrade + b"abc" + last)

    assert "POST / 3" in received
    assert "GET /2 0" in received


def test_client_that_expects_it_is_told_to_continue() -> None:
    head = b"POST / HTTP/1.1\r\n" + CLOSE + b"Expect: 100-continue\r\n"
    received, _ = exchange(head + b"Content-Length: 1\r\n\r\n", b"x")

    assert received.startswith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


async def fail_for_zero(request: Request) -> Response:
    """Fail for `/0`; answer for `/1` what has no octets, and else what there is."""
    if request.target == "/0":
        raise ZeroDivisionError
    if request.target == "/1":
        return Response(200, (("x-a", "\ud800"),))
    return await echo(request)


@pytest.mark.parametrize(
    ("target", "kind"), [(b"/0", ZeroDivisionError), (b"/1", UnicodeEncodeError)]
)
def test_request_whose_answer_fails_is_a_500_and_the_next_one_is_answered(
    target: bytes, kind: type[Exception]
) -> None:
    first = b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /2 HTTP/1.1\r\n" + CLOSE + b"\r\n"

    received, crashes = exchange(first + last, answer=fail_for_zero)

    assert received.startswith("HTTP/1.1 500 Internal Server Error\r\n")
    assert "connection: keep-alive\r\n\r\nrefused" in received
    assert received.endswith("GET /2 0")
    assert [type(crash) for crash in crashes] == [kind]


def test_connection_ends_where_even_the_refusal_fails() -> None:
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


def test_fault_while_a_request_is_read_is_a_500(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Connection, "on_header", fail)
    received, crashes = exchange(b"GET / HTTP/1.1\r\n" + CLOSE + b"\r\n")

    assert received.startswith("HTTP/1.1 500 ")
    assert [type(crash) for crash in crashes] == [ZeroDivisionError]


class Gone(asyncio.Transport):
    """The transport of a client that has hung up, which the loop does not know yet."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def is_closing(self) -> bool:
        return False

    def resume_reading(self) -> None: ...

    def write(self, data: object) -> None:
        assert isinstance(data, bytes)
        self.written += data

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        raise OSError(errno.ENOTCONN, "not connected")

    def close(self) -> None: ...

    def abort(self) -> None: ...


def test_client_that_hung_up_is_no_fault() -> None:
    """Its address is not known any more, and nothing can be shut down."""
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


def test_port_in_use_is_an_error() -> None:
    with listen() as taken, pytest.raises(OSError, match="in use"):
        listen(taken.getsockname()[1])


def test_only_loopback_is_bound() -> None:
    with listen() as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        assert listener.family == socket.AF_INET
