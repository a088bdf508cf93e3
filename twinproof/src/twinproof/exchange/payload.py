"""Payload format 2.0 of HTTP APIs: requests to events, results to responses.

The only code that knows what API Gateway passes to a function and makes of its result.
The local front, targets that are invoked and the samples in events/ use it.

aws.yaml has the statements behind it, with their sources. Of events:
aws.yaml#payload-raw-path, aws.yaml#payload-raw-query, aws.yaml#payload-base64,
aws.yaml#payload-lower-case-headers, aws.yaml#payload-joined-headers,
aws.yaml#payload-joined-query and aws.yaml#payload-cookies. Of results:
aws.yaml#http-api-inferred-response, aws.yaml#http-api-default-content-type and
aws.yaml#http-api-no-content-type. emulators/local-front.yaml lists what a real
gateway does to paths beyond that.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from twinproof.exchange.model import Headers, Request, Response

TEXT_TYPES = frozenset(
    {"application/json", "application/xml", "application/javascript"}
)
# strftime's %b follows the locale.
MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# A field value cannot have these (RFC 9110, 5.5); lone surrogates have no bytes.
# Other characters are sent as UTF-8; that RFC calls such bytes obs-text.
UNSAFE = re.compile(r"[\x00-\x08\x0A-\x1F\x7F\uD800-\uDFFF]")

# Any: an event and a function's result are JSON of any shape.
Event = dict[str, Any]
Result = Mapping[str, Any]


class BadResult(ValueError):
    """A function's result is not a valid response; the gateway answers 500."""


@dataclass(frozen=True)
class Context:
    """What the gateway adds to a request."""

    route_key: str
    path_parameters: Mapping[str, str]
    request_id: str
    time_ms: int
    trace: str = "Root=1-00000000-000000000000000000000000"
    source_ip: str = "127.0.0.1"
    scheme: str = "https"
    port: int = 443
    account_id: str = "000000000000"
    api_id: str = "parity"
    domain_name: str = "parity.execute-api.us-east-1.amazonaws.com"

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that the gateway adds; they replace a client's own."""
        return {
            "x-amzn-trace-id": self.trace,
            "x-forwarded-for": self.source_ip,
            "x-forwarded-port": str(self.port),
            "x-forwarded-proto": self.scheme,
        }


def as_sent(request: Request, authority: str) -> Request:
    """Return a request with the headers that every HTTP/1.1 client adds."""
    names = {name.lower() for name, _ in request.headers}
    added = []
    if "host" not in names:
        added.append(("host", authority))
    if "content-length" not in names and (
        request.body is not None or request.method in ("POST", "PUT", "PATCH")
    ):
        added.append(("content-length", str(len(request.body or b""))))
    return replace(request, headers=(*added, *request.headers))


# ---- request to event ---------------------------------------------------------------


def event_of(request: Request, context: Context) -> Event:
    """Return the event of a request to a route; never raises, whatever the bytes."""
    path = unquote(request.path)
    headers, cookies = _headers(request.headers)
    text, is_base64 = body_text(request.body, headers.get("content-type", ""))
    event: Event = {
        "version": "2.0",
        "routeKey": context.route_key,
        "rawPath": path,
        "rawQueryString": request.query,
        "headers": headers | context.headers,
        "requestContext": _request_context(request, path, context, headers),
        "isBase64Encoded": is_base64,
    }
    optional = {
        "cookies": cookies,
        "queryStringParameters": query_map(request.query),
        "pathParameters": dict(context.path_parameters),
        "body": text,
    }
    event.update({name: value for name, value in optional.items() if value})
    patched: Event = merge_patch(event, request.event_patch)
    return patched


def _headers(sent: Headers) -> tuple[dict[str, str], list[str]]:
    """Return the headers in lower case, repeats joined by commas, and the cookies."""
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in sent:
        low = name.lower()
        if low == "cookie":
            cookies += [cookie for part in value.split(";") if (cookie := part.strip())]
        else:
            headers[low] = f"{headers[low]},{value}" if low in headers else value
    return headers, cookies


def query_map(raw: str) -> dict[str, str]:
    """Return the query decoded as by the gateway: repeats joined by commas."""
    result: dict[str, str] = {}
    for name, value in parse_qsl(raw, keep_blank_values=True):
        result[name] = f"{result[name]},{value}" if name in result else value
    return result


def body_text(body: bytes | None, content_type: str) -> tuple[str, bool]:
    """Return the body as in the event, "" for none, and whether it is base64.

    Text types become text, all others base64. Bytes that are not UTF-8 become base64
    too, because no string could have them unchanged.
    """
    if not body:
        return "", False
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type.startswith("text/") or media_type in TEXT_TYPES:
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode(), True


def merge_patch(target: Any, patch: Any) -> Any:
    """Return `target` with an RFC 7396 merge patch applied."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result


def _request_context(
    request: Request, path: str, context: Context, headers: Mapping[str, str]
) -> Event:
    date = time.gmtime(context.time_ms // 1000)
    month = MONTHS[3 * date.tm_mon - 3 : 3 * date.tm_mon]
    return {
        "accountId": context.account_id,
        "apiId": context.api_id,
        "domainName": context.domain_name,
        "domainPrefix": context.domain_name.partition(".")[0],
        "http": {
            "method": request.method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": context.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": context.request_id,
        "routeKey": context.route_key,
        "stage": "$default",
        "time": time.strftime(f"%d/{month}/%Y:%H:%M:%S +0000", date),
        "timeEpoch": context.time_ms,
    }


# ---- result to answer ---------------------------------------------------------------


def response_of(payload: bytes) -> Response:
    """Return the response that a function's result describes, or raise `BadResult`.

    A result without `statusCode` is the body of a 200. The headers are all that the
    function gave, also those that the gateway replaces.
    """
    try:
        result = json.loads(payload)
        text = result if isinstance(result, str) else json.dumps(result)
    except (ValueError, RecursionError) as error:  # no JSON, or too deep to be read
        raise BadResult("payload") from error
    if not isinstance(result, dict) or "statusCode" not in result:
        body = text.encode("utf-8", "replace")  # a lone surrogate becomes a `?`
        return Response(200, (("content-type", "application/json"),), body)
    headers = [*_result_headers(result), *_result_cookies(result)]
    body = _result_body(result)
    if body and not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain; charset=utf-8"))
    return Response(_status(result), tuple(headers), body)


def _status(result: Result) -> int:
    status = result["statusCode"]
    if isinstance(status, str) and re.fullmatch(r"[0-9]{3}", status):
        status = int(status)
    if not isinstance(status, int) or not 200 <= status <= 599:
        raise BadResult("statusCode")
    return status


def _result_headers(result: Result) -> Iterator[tuple[str, str]]:
    headers = result.get("headers") or {}
    if not isinstance(headers, dict):
        raise BadResult("headers")
    for name, value in headers.items():
        yield name.lower(), _header_value(name, value)


def _header_value(name: str, value: object) -> str:
    if isinstance(value, bool | int | float):
        value = json.dumps(value)
    if not isinstance(value, str) or UNSAFE.search(value) or not TOKEN.fullmatch(name):
        raise BadResult(f"header {name}")
    return value


def _result_cookies(result: Result) -> Iterator[tuple[str, str]]:
    cookies = result.get("cookies") or []
    if not isinstance(cookies, list):
        raise BadResult("cookies")
    for cookie in cookies:
        yield "set-cookie", _header_value("set-cookie", cookie)


def _result_body(result: Result) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise BadResult("body")
    try:
        if result.get("isBase64Encoded"):
            return base64.b64decode(body, validate=True)
        return body.encode()
    except ValueError as error:  # also of a lone surrogate
        raise BadResult("body") from error
