"""Refuses the requests of foreign pages and other machines before the emulator.

Everybody knows the administrator's keys (`test`), and of the administrator's
signatures the emulator verifies only those of presigned URLs. So a signature does not
identify a sender. But it limits the requests that a page can send: for a header
`Authorization` the browser sends a preflight first, with the page's Origin. Therefore
these rules are added to those of `local.emulator.access`:

- An unsigned request does not reach the emulator, except CORS preflights and health
  checks. It gets AWS's response: 403 from S3, 400 from an API with X-Amz-Target.
- A request that is signed in its query reaches it only if it is signed as URLs of S3
  are, and has no `Action` of another service: any page can send such a GET, as an
  image, and it has no Origin. Without an `Action` it can only read, and the page can
  see the response only if CORS allows it.
- The emulator's own paths, which reset it or hand out code, are closed.

The process that started the emulator may send any request: it sends the token of this
run.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4
from xml.sax.saxutils import escape

from local.emulator.access import TOKEN_HEADER, Access, Refusal

Message = dict[str, Any]  # as ASGI has them, of any value
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

HEALTH = "/_ministack/health"
# Paths of the emulator that are not AWS's APIs: its own, under two names, and those of
# services with hosts of their own (execute-api, function URLs, load balancers).
OWN_PATHS = ("_ministack", "_localstack", "_aws/", "_alb/")
ALGORITHM = "AWS4-HMAC-SHA256"
# By default, boto3 signs URLs of S3 this way in us-east-1.
VERSION_2 = {"AWSAccessKeyId", "Signature", "Expires"}
CODES = {
    HTTPStatus.BAD_REQUEST: "InvalidRequest",
    HTTPStatus.FORBIDDEN: "AccessDenied",
    HTTPStatus.MISDIRECTED_REQUEST: "MisdirectedRequest",
    HTTPStatus.HTTP_VERSION_NOT_SUPPORTED: "HttpVersionNotSupported",
}
NO_PATH = Refusal(HTTPStatus.BAD_REQUEST, "The request target must be a path")
NO_HTTP_1 = Refusal(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "Only HTTP/1.1 is served")
DENIED = Refusal(HTTPStatus.FORBIDDEN, "Access Denied")
MISSING_TOKEN = {
    "__type": "com.amazon.coral.service#MissingAuthenticationTokenException",
    "message": "Request is missing Authentication Token",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """An ASGI application that passes the requests it does not refuse to `app`."""

    app: App
    access: Access
    token: str

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Refuse a request, or let the emulator answer it."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})
        elif scope["type"] != "http":
            await self.app(scope, receive, send)
        elif refusal := self._refusal(scope):
            await _drain(receive)
            await _refuse(scope, refusal, send)
        else:
            await self.app(scope, receive, send)

    def _refusal(self, scope: Message) -> Refusal | None:
        if not scope["http_version"].startswith("1."):  # also of an upgrade to h2c
            return NO_HTTP_1
        headers = _headers(scope)
        named = dict(headers)
        token = named.get(TOKEN_HEADER, "")
        if hmac.compare_digest(token.encode(), self.token.encode()):
            return None
        target = scope["raw_path"].decode("ascii", "replace")
        if refusal := self.access.refusal(target, headers):
            return refusal
        # The emulator also reads the path after decoding it once.
        if not scope["path"].startswith("/"):
            return NO_PATH
        return None if _may_go_on(scope, named) else DENIED


def _may_go_on(scope: Message, headers: dict[str, str]) -> bool:
    method, path = scope["method"], scope["path"]
    if path == HEALTH:
        return method in {"GET", "HEAD"}
    if path.lstrip("/").lower().startswith(OWN_PATHS):
        return False
    if method == "OPTIONS" and "access-control-request-method" in headers:
        return "origin" in headers
    return _is_signed(headers, scope["query_string"].decode("latin-1"))


def _headers(scope: Message) -> Sequence[tuple[str, str]]:
    return [
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, value in scope["headers"]
    ]


def _is_signed(headers: dict[str, str], query: str) -> bool:
    """Return whether a request has a signature of a kind that the emulator may get."""
    if headers.get("authorization", "").startswith(f"{ALGORITHM} "):
        return True
    given = parse_qs(query, keep_blank_values=True)
    scope = given.get("X-Amz-Credential", [""])[0].split("/")
    presigned = (
        given.get("X-Amz-Algorithm") == [ALGORITHM]
        and "X-Amz-Signature" in given
        and scope[3:] == ["s3", "aws4_request"]
    )
    return (presigned or given.keys() >= VERSION_2) and "Action" not in given


async def _drain(receive: Receive) -> None:
    """Read the body of a refused request, or its sender would not read the response."""
    while (await receive()).get("more_body"):
        pass


async def _refuse(scope: Message, refusal: Refusal, send: Send) -> None:
    headers = dict(_headers(scope))
    if refusal is DENIED and "x-amz-target" in headers:
        status, kind = HTTPStatus.BAD_REQUEST, "application/x-amz-json-1.0"
        body = json.dumps(MISSING_TOKEN)
    else:
        status, kind = HTTPStatus(refusal.status), "application/xml"
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{CODES[status]}</Code>"
            f"<Message>{escape(refusal.reason)}</Message>"
            f"<RequestId>{uuid4().hex}</RequestId></Error>\n"
        )
    data = body.encode()
    start = {
        "type": "http.response.start",
        "status": int(status),
        "headers": [
            (b"content-type", kind.encode()),
            (b"content-length", str(len(data)).encode()),
        ],
    }
    await send(start)
    await send({"type": "http.response.body", "body": data})
