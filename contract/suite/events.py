"""A request as API Gateway hands it to a function: payload format 2.0. Pure.

Sources: aws.yaml#payload-raw-path, aws.yaml#payload-raw-query, aws.yaml#payload-base64.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_plus

if TYPE_CHECKING:
    from contract.suite.exchanges import Headers, Request

TEXT_TYPES = ("application/json", "application/xml", "application/javascript")

Event = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """What the gateway knows of a request beside the request itself."""

    route_key: str
    path_parameters: Mapping[str, str]
    request_id: str
    time_ms: int
    source_ip: str = "127.0.0.1"
    account_id: str = "000000000000"
    api_id: str = "parity"
    domain_name: str = "parity.execute-api.us-east-1.amazonaws.com"


def payload(request: Request, context: Context) -> Event:
    """Return the payload 2.0 event of a request that fits a route."""
    headers = merged(request.headers)
    cookies = _cookies(headers.pop("cookie", ""))
    text, is_base64 = body_text(request.body, headers.get("content-type", ""))
    event: Event = {
        "version": "2.0",
        "routeKey": context.route_key,
        "rawPath": unquote(request.path),
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": _request_context(request, context, headers),
        "isBase64Encoded": is_base64,
    }
    optional = {
        "cookies": cookies,
        "queryStringParameters": query_map(request.query),
        "pathParameters": dict(context.path_parameters),
    }
    event.update({name: value for name, value in optional.items() if value})
    if text is not None:
        event["body"] = text
    patched: Event = merge_patch(event, request.event_patch)
    return patched


def merged(headers: Headers) -> dict[str, str]:
    """Return headers as the gateway does: lower case, repeats joined by commas."""
    result: dict[str, str] = {}
    for name, value in headers:
        low = name.lower()
        result[low] = f"{result[low]},{value}" if low in result else value
    return result


def query_map(raw: str) -> dict[str, str]:
    """Return the decoded query as the gateway does: repeats joined by commas."""
    result: dict[str, str] = {}
    for part in filter(None, raw.split("&")):
        name, _, value = part.partition("=")
        name, value = unquote_plus(name), unquote_plus(value)
        result[name] = f"{result[name]},{value}" if name in result else value
    return result


def body_text(body: bytes | None, content_type: str) -> tuple[str | None, bool]:
    """Return the body as the event holds it, and whether that is base64.

    Text types are handed over as text, all others as base64; so are octets that are
    no UTF-8, which no string could hold unchanged.
    """
    if not body:
        return None, False
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


def _cookies(header: str) -> list[str]:
    return [cookie.strip() for cookie in header.split(";") if cookie.strip()]


def _request_context(
    request: Request, context: Context, headers: Mapping[str, str]
) -> Event:
    moment = time.gmtime(context.time_ms // 1000)
    return {
        "accountId": context.account_id,
        "apiId": context.api_id,
        "domainName": context.domain_name,
        "domainPrefix": context.domain_name.split(".")[0],
        "http": {
            "method": request.method,
            "path": unquote(request.path),
            "protocol": "HTTP/1.1",
            "sourceIp": context.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": context.request_id,
        "routeKey": context.route_key,
        "stage": "$default",
        "time": _clf(moment),
        "timeEpoch": context.time_ms,
    }


def _clf(moment: time.struct_time) -> str:
    """Return a time in Common Log Format; strftime's %b follows the locale."""
    months = [
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "May",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Oct",
        "Nov",
        "Dec",
    ]
    month = months[moment.tm_mon - 1]
    return time.strftime(f"%d/{month}/%Y:%H:%M:%S +0000", moment)
