"""Any bytes in any part of a request get a documented response below 500."""

from __future__ import annotations

import random
import socket
from urllib.parse import urlsplit

import pytest

from tests.integration.conftest import Stack

ULID = b"01ARZ3NDEKTSV4RRFFQ69G5FAV"
PLACES = ("path", "query", "header name", "header value", "body")
REQUESTS_PER_PLACE = 80
# Fragments on which parsers fail, besides random bytes.
FRAGMENTS = [
    b"%", b"%0", b"%zz", b"%00", b"%0a", b"%ff", b"%c0%af", b"%ed%a0%80", b"..", b"/",
    b"//", b"\\", b"\x00", b"\x7f", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\t", b" ",
    b"&", b"=", b"+", b"?", b"#", b";", b",", b'"', b"'", b"{", b"}", b"[", b"]", b"*",
    b"W/", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\xf0\x9d\x92\x9c", ULID, b"limit",
    b"cursor", b"email", b"status", b"null", b"1e400", b"\\ud800", b"-0", b"A" * 300,
]  # fmt: skip
LINES = [b"GET /users", b"GET /assets", b"GET /users/" + ULID, b"POST /users"]


def hostile_bytes(source: random.Random, forbidden: bytes) -> bytes:
    """Return 1 to 12 fragments or random bytes, without those that end the place."""
    parts = [
        source.choice(FRAGMENTS) if source.random() < 0.7 else source.randbytes(3)
        for _ in range(source.randint(1, 12))
    ]
    return b"".join(parts).translate(None, forbidden)


def hostile_request(place: str, host: bytes, source: random.Random) -> bytes:
    """Return a whole HTTP/1.1 request with hostile bytes in one place."""
    line, body = source.choice(LINES), b""
    headers = [b"host: " + host, b"connection: close"]
    if place == "path":
        line += b"/" + hostile_bytes(source, b"\r\n ")
    elif place == "query":
        line += b"?" + hostile_bytes(source, b"\r\n ")
    elif place == "header name":
        headers.append(hostile_bytes(source, b"\r\n:") + b": x")
    elif place == "header value":
        name = source.choice(
            [b"if-match", b"if-none-match", b"content-type", b"accept"]
        )
        headers.append(name + b": " + hostile_bytes(source, b"\r\n"))
    else:
        line, body = b"POST /users", hostile_bytes(source, b"")
        headers.append(b"content-type: application/json")
    headers.append(b"content-length: %d" % len(body))
    return b"\r\n".join([line + b" HTTP/1.1", *headers, b"", body])


def status_of(url: str, request: bytes) -> int:
    """Send raw bytes on a connection of their own; the status of the answer."""
    address = urlsplit(url)
    with socket.create_connection(("127.0.0.1", address.port or 80), 40) as connection:
        connection.sendall(request)
        with connection.makefile("rb") as answer:
            return int(answer.readline().split()[1])


@pytest.mark.parametrize("place", PLACES)
def test_hostile_bytes_are_never_a_server_fault(stack: Stack, place: str) -> None:
    source = random.Random(f"{place} 20261121")  # noqa: S311 - repeatable, not secret
    host = urlsplit(stack.url).netloc.encode()
    requests = [hostile_request(place, host, source) for _ in range(REQUESTS_PER_PLACE)]

    answers = [(status_of(stack.url, request), request) for request in requests]

    assert [answer for answer in answers if answer[0] >= 500] == []
    assert any(400 <= status < 500 for status, _ in answers)
