"""Reads the requests of one connection, with h11's framing and some stricter rules.

h11 decides where a request begins and ends (RFC 9112). This module limits the size of
a request and checks its host and target. If RFC 9112 lets a server choose between two
readings of a request, this module refuses it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv6Address
from itertools import chain

import h11

from local.http.messages import Request

# `max_head` does not count separators: ": " and CRLF for each field. A field's name has
# at least one byte, so a head within the limit has at most this many times its bytes.
# A head padded with more spaces is refused if it arrives in parts, otherwise read.
RAW_TO_COUNTED = 5

# RFC 3986 3.2.2 and 3.2.3: host [":" port], without user information.
AUTHORITY = re.compile(
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]"
    r"|(?:[A-Za-z0-9_.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?"
)
ABSOLUTE_FORM = re.compile(r"(?i:http)://(?P<authority>[^/?#]+)(?:[/?].*)?")
# RFC 9110 5.5: invalid in a value. A recipient may accept them, and h11 accepts some.
CONTROLS = re.compile(r"[\x00-\x08\x0A-\x1F\x7F]")


@dataclass(frozen=True, slots=True)
class Message:
    """A request, or the status that refuses one, and how to answer it.

    The response to a HEAD has no body. After a message without `keep_alive`, the
    connection must not be read further.
    """

    request: Request | int
    is_head: bool
    keep_alive: bool


class RefusedError(Exception):
    """A request is refused with this status, because of its head."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Reader:
    """Turns the bytes of one connection into messages.

    `max_head` (request line, names and values) and `max_body` are in bytes. A body over
    the limit is read to its end and dropped, so that its client can read the response.
    A client that waits for 100 (Continue) is refused before it sends such a body.
    """

    def __init__(self, max_head: int, max_body: int, peer: str) -> None:
        self._max_head = max_head
        self._max_body = max_body
        self._peer = peer
        self._begin()

    def _begin(self) -> None:
        # A new one for each request (1 µs), because h11 only reads here. To be reused,
        # it must also write the responses, which takes h11 50 µs and `encode` 2 µs.
        self._http = h11.Connection(h11.SERVER, self._max_head * RAW_TO_COUNTED)
        self._first = b""
        self._method = self._target = ""
        self._headers: tuple[tuple[str, str], ...] = ()
        # One buffer: stored separately, tiny chunks would take 85 bytes for each byte.
        self._body = bytearray()
        self._body_length = 0
        self._complete = False

    def feed(self, data: bytes) -> None:
        """Take received bytes, of this message or of later ones."""
        if not self._first:  # RFC 9112 2.2: empty lines before a request are ignored
            data = data.lstrip(b"\r\n")
        self._first = (self._first + data[:5])[:5]
        if data:
            self._http.receive_data(data)

    @property
    def ahead(self) -> int:
        """Return the number of received bytes that belong to no message yet."""
        return len(self._http.trailing_data[0])

    def next(self) -> Message | None:
        """Return the next message, or None if more bytes are needed."""
        if self._complete:
            rest, _ = self._http.trailing_data
            self._begin()
            if not rest:
                return None
            self.feed(rest)
        try:
            return self._next()
        except RefusedError as refused:
            return self._refusal(refused.status)
        except h11.RemoteProtocolError as error:
            # For a coding other than chunked, h11 suggests 501. RFC 9112 6.1 only
            # recommends it, and the contract's gateway messages do not include it.
            too_large = error.error_status_hint == 431
            return self._refusal(431 if too_large else 400)

    def _refusal(self, status: int) -> Message:
        return Message(status, is_head=self._first == b"HEAD ", keep_alive=False)

    def _next(self) -> Message | None:
        while True:
            match self._http.next_event():
                case h11.Request() as request:
                    self._take_head(request)
                case h11.Data(data=data):
                    self._take_body(data)
                case h11.EndOfMessage():  # trailers are not headers: RFC 9110 6.5.1
                    return self._completed()
                case _:
                    return None

    def invitation(self) -> bytes:
        """Return a 100 (Continue) once for a client that waits for it, else no bytes.

        RFC 9110 10.1.1. For h11, an HTTP/1.0 client does not wait, and neither does one
        that has sent a part of its body.
        """
        if not self._http.they_are_waiting_for_100_continue:
            return b""
        invitation = h11.InformationalResponse(
            status_code=100, headers=[], reason=b"Continue"
        )
        return self._http.send(invitation) or b""

    def _take_head(self, head: h11.Request) -> None:
        self._method = head.method.decode("ascii")
        self._target = head.target.decode("ascii")
        self._headers = tuple(
            [
                (name.decode("ascii").lower(), value.decode("latin-1"))
                for name, value in head.headers.raw_items()
            ]
        )
        text = "".join(chain.from_iterable(self._headers))
        if len(self._method) + len(self._target) + len(text) > self._max_head:
            raise RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        fields = dict(self._headers)
        if (
            CONTROLS.search(text)
            or _is_malformed(head.http_version, fields)
            or not _is_target(self._method, self._target)
        ):
            raise RefusedError(HTTPStatus.BAD_REQUEST)
        declared = int(fields.get("content-length", 0))
        waits = self._http.they_are_waiting_for_100_continue
        if waits and declared > self._max_body:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def _take_body(self, data: bytes) -> None:
        self._body_length += len(data)
        if self._body_length <= self._max_body:
            self._body += data

    def _completed(self) -> Message:
        self._complete = True
        if self._http.their_state not in {h11.DONE, h11.MUST_CLOSE}:
            # The client offered an upgrade, and h11 waits for the response. Every
            # response except 101 ignores the offer (RFC 9110 7.8).
            self._http.send(h11.Response(status_code=200, headers=[]))
        return Message(
            self._request(),
            is_head=self._method == "HEAD",
            keep_alive=self._http.their_state is h11.DONE,
        )

    def _request(self) -> Request | int:
        if self._body_length > self._max_body:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return Request(
            method=self._method,
            target=self._target,
            headers=self._headers,
            body=bytes(self._body),
            peer=self._peer,
        )


def _is_malformed(version: bytes, fields: dict[str, str]) -> bool:
    """Return whether a head that h11 accepts is refused; h11 refuses a second Host."""
    host = fields.get("host")
    return (
        # RFC 9110 2.5: another major version has another syntax. 1.2 counts as 1.1.
        not version.startswith(b"1.")
        # RFC 9112 3.2: Host must be valid, and only HTTP/1.0 may omit it.
        or (version != b"1.0" if host is None else not _is_authority(host))
        # RFC 9112 6.1: ambiguous framing, which allows request smuggling.
        or (
            "transfer-encoding" in fields
            and ("content-length" in fields or version == b"1.0")
        )
    )


def _is_authority(text: str) -> bool:
    match = AUTHORITY.fullmatch(text)
    if match is None or match["ipv6"] is None:
        return match is not None
    try:
        IPv6Address(match["ipv6"])
    except ValueError:
        return False
    return True


def _is_target(method: str, target: str) -> bool:
    """Return whether a target has a form of RFC 9112 3.2 that fits the method.

    Only CONNECT uses the authority form, and only proxies serve it (RFC 9110 9.3.6).
    """
    if method == "CONNECT":
        return False
    if target == "*":
        return method == "OPTIONS"
    if target.startswith("/"):
        return True
    match = ABSOLUTE_FORM.fullmatch(target)
    authority = match["authority"] if match else ""
    # RFC 9110 4.2.1: without a host the target is invalid.
    return authority[:1] not in {"", ":"} and _is_authority(authority)
