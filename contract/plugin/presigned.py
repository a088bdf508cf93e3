"""The kinds of presigned URLs: method, key, signed headers, lifetime."""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from contract.plugin.keys import OBJECTS
from twinproof.plugin import (
    Expected,
    Form,
    Kind,
    Names,
    Observation,
    as_is,
    equal,
    is_integer,
)

URL_TTL_SECONDS = 3_600
# RFC 8187's attr-char without letters and digits, which quote never escapes.
ATTR_CHARS = "!#$&+-.^_`|~"


def upload_method(value: Any, _: Observation) -> str:
    """Expect the method PUT."""
    return equal(value, "PUT")


def upload_headers(value: Any, seen: Observation) -> str:
    """Expect the headers that the client must send, all of them strings."""
    shown = seen.document
    expected = {
        "content-type": shown.get("contentType"),
        "content-length": str(shown.get("size")),
        "if-none-match": "*",
    }
    if "checksumSha256" in shown:
        expected["x-amz-checksum-sha256"] = shown["checksumSha256"]
    return equal(value, expected)


def upload_url(value: Any, seen: Observation) -> str:
    """Expect an upload URL that is signed for exactly these headers, for an hour."""
    signed = ["content-length", "content-type", "host", "if-none-match"]
    if "checksumSha256" in seen.document:
        signed.append("x-amz-checksum-sha256")
    return _signed_url(value, seen, ";".join(signed), {})


def upload_end(value: Any, seen: Observation) -> str:
    """Expect an upload URL to end an hour after it was signed."""
    upload = seen.document.get("upload")
    return _end(value, upload.get("url") if isinstance(upload, dict) else None)


def download_url(value: Any, seen: Observation) -> str:
    """Expect a download URL for an hour, with the current file name."""
    stored = seen.stored or {}
    extra = {}
    if "fileName" in stored:
        extra["response-content-disposition"] = disposition(stored["fileName"])
    return _signed_url(value, seen, "host", extra)


def download_end(value: Any, seen: Observation) -> str:
    """Expect a download URL to end an hour after it was signed."""
    return _end(value, seen.document.get("url"))


def disposition(file_name: str) -> str:
    """Return the Content-Disposition of a download (RFC 6266, RFC 8187)."""
    return f"attachment; filename*=UTF-8''{quote(file_name, safe=ATTR_CHARS)}"


def _signed_url(
    value: Any, seen: Observation, signed: str, extra: Mapping[str, str]
) -> str:
    if not isinstance(value, str):
        return "a URL"
    parts = urlsplit(value)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    wanted = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-SignedHeaders": signed,
        "X-Amz-Expires": str(URL_TTL_SECONDS),
        **extra,
    }
    for name, expected in wanted.items():
        if query.get(name) != expected:
            return f"{name}={expected}"
    key = (seen.stored or {}).get("s3Key")
    if isinstance(key, str) and not unquote(parts.path).endswith(f"/{key}"):
        return f"the key {key}"
    signed_ms = signed_at_ms(query.get("X-Amz-Date", ""))
    # The date has whole seconds: its milliseconds are cut off.
    is_in_time = signed_ms is not None and not seen.in_time(
        max(signed_ms, min(signed_ms + 999, seen.exchange.sent_ms))
    )
    return "" if is_in_time else "X-Amz-Date within the exchange"


def signed_at_ms(date: str) -> int | None:
    """Return an X-Amz-Date as epoch milliseconds, or None if it is not a date."""
    try:
        return calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ")) * 1000
    except ValueError:
        return None


def _end(value: Any, url: Any) -> str:
    query = dict(parse_qsl(urlsplit(url).query)) if isinstance(url, str) else {}
    signed = signed_at_ms(query.get("X-Amz-Date", ""))
    if signed is None or not is_integer(value):
        return "an hour after X-Amz-Date"
    return equal(value, signed + URL_TTL_SECONDS * 1000)


def signed_url(expected: Expected) -> Form:
    """Return what makes a presigned URL canonical: its parts, encoded as received."""

    def form(value: Any, seen: Observation, names: Names) -> Any:
        if not isinstance(value, str) or expected(value, seen):
            return as_is(value, seen, names)
        parts = urlsplit(value)
        host, path = parts.netloc, names.text(parts.path)
        if names.resources:
            bucket = names.resources.stores[OBJECTS]
            host, path = (part.replace(bucket, "<bucket>", 1) for part in (host, path))
        # The order of parameters has no meaning: a signature covers them sorted.
        query = sorted(_parameter(part, names) for part in parts.query.split("&"))
        return (parts.scheme, host, path, parts.fragment, query)

    return form


# Parameters that depend on role, clock and key, with the part that is compared.
_SIGNING = {
    # The URL's kind checks the time of signing.
    "X-Amz-Date": re.compile("[0-9]{8}T[0-9]{6}Z()"),
    "X-Amz-Signature": re.compile("[0-9a-f]{64}()"),
    "X-Amz-Security-Token": re.compile("(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+()"),
    "X-Amz-Credential": re.compile("[A-Za-z0-9]+%2F[0-9]{8}(%2F.*)"),
}


def _parameter(part: str, names: Names) -> str:
    name, equals, value = part.partition("=")
    pattern = _SIGNING.get(name)
    found = pattern.fullmatch(value) if pattern else None
    if found:
        return f"{name}=<signing>{found[1]}"
    return names.text(f"{name}{equals}{value}")


PRESIGNED = (
    Kind("upload-method", upload_method, as_is),
    Kind("upload-headers", upload_headers, as_is),
    Kind("upload-url", upload_url, signed_url(upload_url)),
    Kind("upload-end", upload_end),
    Kind("download-url", download_url, signed_url(download_url)),
    Kind("download-end", download_end),
)
"""The kinds of the fields of an upload and of a download."""
