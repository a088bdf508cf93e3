"""The event of an HTTP API (payload format 2.0) as a request."""

import base64
import binascii
from collections.abc import Mapping
from typing import NamedTuple

from shared.errors import MalformedRequest, PayloadTooLarge
from shared.text import ascii_lower, trim_whitespace

MAX_BODY_BYTES = 65_536


class Request(NamedTuple):
    """The parts of an event that the functions read; header names are in lower case."""

    route: str
    path: Mapping[str, str]
    query: str
    headers: Mapping[str, str]
    body: str
    is_base64: bool

    def header(self, name: str) -> str | None:
        """Return a header's value without white space around it, or None."""
        value = self.headers.get(name)
        return None if value is None else trim_whitespace(value)

    def body_bytes(self) -> bytes:
        """Return the body as it was sent, or raise `MalformedRequest`.

        If the text has a lone surrogate, the bytes are not UTF-8 either.
        """
        if not self.is_base64:
            return self.body.encode("utf-8", "surrogatepass")
        try:
            encoded = self.body.encode("ascii")
            data = base64.b64decode(encoded, validate=True)
        except (UnicodeEncodeError, binascii.Error):
            raise MalformedRequest from None
        if base64.b64encode(data) != encoded:  # unused bits that are set
            raise MalformedRequest
        return data

    def byte_count(self) -> int:
        """Return the size of the body; for broken base64, the size of the base64."""
        try:
            return len(self.body_bytes())
        except MalformedRequest:
            return len(self.body.encode("utf-8", "surrogatepass"))

    def bounded_bytes(self) -> bytes:
        """Return the body's bytes; also raises `PayloadTooLarge`."""
        data = self.body_bytes()
        if len(data) > MAX_BODY_BYTES:
            raise PayloadTooLarge
        return data


def request_id_of(event: object) -> str | None:
    """Return the gateway's id of the request, or None."""
    context = _mapping(event).get("requestContext")
    request_id = _mapping(context).get("requestId")
    return request_id if isinstance(request_id, str) and request_id else None


def read_request(event: object) -> Request:
    """Return the request in an event; raises `MalformedRequest` for any other event."""
    fields = _mapping(event)
    route = fields.get("routeKey")
    http = _mapping(fields.get("requestContext")).get("http")
    if not isinstance(route, str) or not isinstance(http, Mapping):
        raise MalformedRequest
    return Request(
        route=route,
        path=_texts(fields, "pathParameters"),
        query=_text(fields, "rawQueryString"),
        headers=_joined(_texts(fields, "headers")),
        body=_text(fields, "body"),
        is_base64=fields.get("isBase64Encoded") is True,
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedRequest
    return value


def _texts(fields: Mapping[str, object], name: str) -> Mapping[str, str]:
    values = fields.get(name)
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise MalformedRequest
    if not all(isinstance(value, str) for value in values.values()):
        raise MalformedRequest
    return values


def _joined(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return headers by lower-case name; values of the same name are joined."""
    joined: dict[str, str] = {}
    for name, value in headers.items():
        key = ascii_lower(name)
        joined[key] = f"{joined[key]},{value}" if key in joined else value
    return joined
