"""The HTTP/1.1 requests and responses of the local stack's servers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as received.

    `target` is the request target as sent, visible ASCII only. Headers are in the order
    sent, with lower-case names and values decoded as Latin-1. `peer` is the client's
    address.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    peer: str = LOOPBACK

    def header(self, name: str) -> str | None:
        """Return the first value of a header by its lower-case name."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Response:
    """One response; the server adds content-length, date and connection."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


_dates: dict[int, str] = {}


def http_date() -> str:
    """Return the current HTTP date, cached: it costs more than the rest of a head."""
    now = int(time.time())
    if now not in _dates:
        _dates.clear()
        _dates[now] = formatdate(now, usegmt=True)
    return _dates[now]


def encode(response: Response, *, keep_alive: bool, bodyless: bool) -> bytes:
    """Return the bytes of a response; `bodyless` (for HEAD) leaves out the body."""
    lines = [f"HTTP/1.1 {response.status} {_reason(response.status)}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    lines.append(f"date: {http_date()}")
    if response.status not in {204, 304}:  # RFC 9110 8.6
        lines.append(f"content-length: {len(response.body)}")
    lines.append("connection: " + ("keep-alive" if keep_alive else "close"))
    head = ("\r\n".join(lines) + "\r\n\r\n").encode()
    return head if bodyless or response.status in {204, 304} else head + response.body


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
