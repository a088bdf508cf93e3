"""How the server of the front answers malformed and unusual requests."""

from __future__ import annotations

import asyncio
import re

import pytest

from local.http.messages import Request, Response
from local.http.server import Server, Service, listen
from tests.unit.local.http_client import MAX_BODY, MAX_HEAD, echo, exchange, refuse
from tests.unit.local.http_oddities import (
    EXPECT,
    GOT,
    LAST,
    LENGTH,
    MET,
    TABLES,
    Odd,
    chunked,
    get,
    post,
    waiting,
)

ODDITIES = [
    pytest.param(odd, id=f"{table}-{odd.name}")
    for table, oddities in TABLES.items()
    for odd in oddities
]


def answers_of(received: str, *, to_head: bool) -> list[str]:
    """Return status and body of each response; the first, to a HEAD, has no body."""
    answers = []
    while received:
        head, _, received = received.partition("\r\n\r\n")
        length = re.search(r"content-length: ([0-9]+)", head)
        size = int(length[1]) if length and not to_head else 0
        answers.append(f"{head.split()[1]} {received[:size]}")
        received, to_head = received[size:], False
    return answers


def test_names_of_oddities_are_unique() -> None:
    for oddities in (*TABLES.values(), EXPECT):
        names = [odd.name for odd in oddities]
        assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("odd", ODDITIES)
def test_request_is_answered_as_its_clause_requires(odd: Odd) -> None:
    received, crashes = exchange(odd.sent + LAST)

    to_head = odd.sent.lstrip().startswith(b"HEAD ")
    assert answers_of(received, to_head=to_head) == odd.answers, f"RFC {odd.clause}"
    assert crashes == []


@pytest.mark.parametrize("odd", ODDITIES)
def test_request_sent_byte_by_byte_gets_the_same_response(odd: Odd) -> None:
    pieces = (bytes([byte]) for byte in odd.sent + LAST)
    received, crashes = exchange(*pieces)

    to_head = odd.sent.lstrip().startswith(b"HEAD ")
    assert answers_of(received, to_head=to_head) == odd.answers, f"RFC {odd.clause}"
    assert crashes == []


@pytest.mark.parametrize("odd", EXPECT, ids=lambda odd: odd.name)
def test_client_gets_100_continue_as_its_clause_requires(odd: Odd) -> None:
    pieces = (odd.sent, odd.then + LAST) if odd.then else (odd.sent + LAST,)
    received, crashes = exchange(*pieces)

    assert answers_of(received, to_head=False) == odd.answers, f"RFC {odd.clause}"
    assert crashes == []


def test_pipelined_client_gets_100_continue_after_the_first_response() -> None:
    """RFC 9112 9.3.2: responses are sent in the order of requests."""

    async def run() -> str:
        service = Service(echo, refuse, lambda _: None, MAX_BODY, MAX_HEAD)
        server = Server(service, listen())
        await server.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(get() + waiting(LENGTH))
        before = await reader.readuntil(b"100 Continue\r\n\r\n")
        writer.write(b"abc" + LAST)
        after = await reader.read()
        writer.close()
        await writer.wait_closed()
        server.close()
        return (before + after).decode()

    received = asyncio.run(asyncio.wait_for(run(), 5))

    assert answers_of(received, to_head=False) == [*GOT[:1], *MET]


class Recorder:
    """Answers requests and keeps them."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    async def answer(self, request: Request) -> Response:
        self.requests.append(request)
        return Response(200)


CUT = {
    "length": post(b"Content-Length: 3"),
    "chunked": chunked(b"3\r\nabc\r\n0\r\na: b\r\n\r\n"),
}


@pytest.mark.parametrize("framing", CUT)
def test_incomplete_request_reaches_no_handler(framing: str) -> None:
    """RFC 9112 8: a server need not answer an incomplete request."""
    recorder = Recorder()
    for size in range(len(CUT[framing])):
        sent = CUT[framing][:size]
        assert exchange(sent, answer=recorder.answer, cut=True) == ("", [])

    assert recorder.requests == []


def arrived(sent: bytes) -> Request:
    """Return the request that reached the handler."""
    recorder = Recorder()
    exchange(sent + LAST, answer=recorder.answer)
    return recorder.requests[0]


def test_trailer_does_not_replace_a_header() -> None:
    """RFC 9110 6.5.1."""
    request = post(
        b"Content-Type: text/plain",
        b"Transfer-Encoding: chunked",
        body=b"1\r\na\r\n0\r\nContent-Type: application/json\r\nX-A: b\r\n\r\n",
    )

    headers = arrived(request).headers

    assert [value for name, value in headers if name == "content-type"] == [
        "text/plain"
    ]
    assert "x-a" not in dict(headers)


def test_folded_value_arrives_as_one_line() -> None:
    """RFC 9112 5.2: a server replaces each fold with one or more spaces."""
    assert arrived(get(b"A: b\r\n \t c")).header("a") == "b c"


@pytest.mark.parametrize("target", [b"/%7Eada/%2F?a=%20&b=%zz", b"/users#x", b'/"<>|'])
def test_target_arrives_as_it_was_sent(target: bytes) -> None:
    request = arrived(get(line=b"GET " + target + b" HTTP/1.1"))

    assert request.target == target.decode()
