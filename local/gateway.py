"""Requests to events and results to answers: payload format 2.0 of HTTP APIs.

What this goes by, with its sources, stands in contract/aws.yaml. Of events:
aws.yaml#payload-raw-path, aws.yaml#payload-raw-query, aws.yaml#payload-base64,
aws.yaml#payload-lower-case-headers, aws.yaml#payload-joined-headers and
aws.yaml#payload-cookies. Of answers: aws.yaml#http-api-inferred-response,
aws.yaml#http-api-default-content-type and aws.yaml#http-api-no-content-type. What a
real gateway does to paths beyond that stands in contract/emulators/local-front.yaml.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from local.http_messages import Request, Response
from local.invocation import compact

if TYPE_CHECKING:
    from local.routes import Match, Route

ACCOUNT = "000000000000"
TEXT_TYPES = {"application/json", "application/javascript", "application/xml"}
# The gateway's own on every answer; hop by hop, or computed from what is sent.
RESERVED = {
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# No field value holds these (RFC 9110 5.5); lone surrogates have no octets at all.
# Other characters go out as UTF-8, whose octets that RFC calls obs-text.
UNSAFE = re.compile(r"[\x00-\x08\x0A-\x1F\x7F\uD800-\uDFFF]")
JsonObject = dict[str, object]


class BadResultError(ValueError):
    """A function's result is no valid response; the gateway answers 500."""


def new_request_id() -> str:
    """Return a request id that looks like API Gateway's: 15 characters and `=`."""
    return base64.b64encode(secrets.token_bytes(11)).decode("ascii")


def message(status: int, text: str) -> Response:
    """Return an answer of the gateway itself."""
    headers = (("content-type", "application/json"),)
    return Response(status, headers, compact({"message": text}))


# ---- request to event ---------------------------------------------------------------


def event_of(
    request: Request,
    match: Match,
    *,
    request_id: str,
    trace: str,
    port: int,
) -> JsonObject:
    """Return the event a function gets for a request; never raises on any octets."""
    path, _, query = request.target.partition("?")
    headers, cookies = _headers(request)
    headers |= {
        "x-amzn-trace-id": trace,
        "x-forwarded-for": request.peer,
        "x-forwarded-port": str(port),
        "x-forwarded-proto": "http",
    }
    body, encoded = _body(request)
    optional: JsonObject = {
        "cookies": cookies,
        "queryStringParameters": _query(query),
        "pathParameters": dict(match.parameters),
        "body": body,
    }
    return {
        "version": "2.0",
        "routeKey": match.route.key,
        "rawPath": unquote(path),
        "rawQueryString": query,
        "headers": headers,
        "requestContext": _context(request, match.route, unquote(path), request_id),
        "isBase64Encoded": encoded,
        **{name: value for name, value in optional.items() if value},
    }


def _context(request: Request, route: Route, path: str, request_id: str) -> JsonObject:
    now = time.time()
    domain = request.header("host") or "localhost"
    return {
        "accountId": ACCOUNT,
        "apiId": "local",
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "http": {
            "method": request.method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.peer,
            "userAgent": request.header("user-agent") or "",
        },
        "requestId": request_id,
        "routeKey": route.key,
        "stage": "$default",
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(now * 1000),
    }


def _headers(request: Request) -> tuple[dict[str, str], list[str]]:
    """Return headers, repeated ones joined by commas, and apart from them cookies."""
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in request.headers:
        if name == "cookie":
            cookies += [cookie for part in value.split(";") if (cookie := part.strip())]
        elif name in headers:
            headers[name] += "," + value
        else:
            headers[name] = value
    return headers, cookies


def _query(query: str) -> dict[str, str]:
    """Return the decoded parameters, repeated ones joined by commas."""
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameters[name] = (
            f"{parameters[name]},{value}" if name in parameters else value
        )
    return parameters


def _body(request: Request) -> tuple[str, bool]:
    """Return the body and whether it is base64."""
    if not request.body:
        return "", False
    media_type = (
        (request.header("content-type") or "").partition(";")[0].strip().lower()
    )
    if media_type.startswith("text/") or media_type in TEXT_TYPES:
        try:
            return request.body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode("ascii"), True


# ---- result to answer ---------------------------------------------------------------


def response_of(payload: bytes) -> Response:
    """Return the answer a function's result stands for, or raise `BadResultError`.

    A result without `statusCode` is itself the body of a 200.
    """
    try:
        result = json.loads(payload)
        text = result if isinstance(result, str) else json.dumps(result)
    except (ValueError, RecursionError) as error:  # no JSON, or too deep to be read
        raise BadResultError("payload") from error
    if not isinstance(result, dict) or "statusCode" not in result:
        body = text.encode("utf-8", "replace")  # a lone surrogate becomes a `?`
        return Response(200, (("content-type", "application/json"),), body)
    headers = [*_result_headers(result), *_result_cookies(result)]
    body = _result_body(result)
    if body and not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain; charset=utf-8"))
    return Response(_status(result), tuple(headers), body)


def _status(result: JsonObject) -> int:
    status = result["statusCode"]
    if isinstance(status, str) and re.fullmatch(r"[0-9]{3}", status):
        status = int(status)
    if not isinstance(status, int) or not 200 <= status <= 599:
        raise BadResultError("statusCode")
    return status


def _result_headers(result: JsonObject) -> list[tuple[str, str]]:
    headers = result.get("headers") or {}
    if not isinstance(headers, dict):
        raise BadResultError("headers")
    return [
        (name.lower(), _header_value(name, value))
        for name, value in headers.items()
        if name.lower() not in RESERVED
    ]


def _header_value(name: str, value: object) -> str:
    if isinstance(value, bool | int | float):
        value = json.dumps(value)
    if not isinstance(value, str) or UNSAFE.search(value) or not TOKEN.fullmatch(name):
        raise BadResultError(f"header {name}")
    return value


def _result_cookies(result: JsonObject) -> list[tuple[str, str]]:
    cookies = result.get("cookies") or []
    if not isinstance(cookies, list):
        raise BadResultError("cookies")
    return [("set-cookie", _header_value("set-cookie", cookie)) for cookie in cookies]


def _result_body(result: JsonObject) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise BadResultError("body")
    try:
        if result.get("isBase64Encoded"):
            return base64.b64decode(body, validate=True)
        return body.encode()
    except ValueError as error:  # also of a lone surrogate
        raise BadResultError("body") from error
