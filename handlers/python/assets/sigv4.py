"""Presigned URLs by AWS Signature Version 4, with the signature in the query.

The signer is written here because those of the SDKs differ from the contract: boto3
signs Version 2 in some regions and drops one content type from the signature; the
JavaScript signer moves headers into the query. For the algorithm and an example with
its result, see
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

URL_TTL_SECONDS = 3_600
_ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials(NamedTuple):
    """The credentials that sign; only those of a session have a `token`."""

    access_key: str
    secret_key: str
    token: str | None


class UnsignedUrl(NamedTuple):
    """A request to sign: the path is not encoded yet, header names are lower-case."""

    method: str
    scheme: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


def presigned_url(
    request: UnsignedUrl, credentials: Credentials, region: str, seconds: int
) -> str:
    """Return the URL of `request`, signed at `seconds` since 1970, valid for an hour.

    A client must send `request.headers` unchanged, and may add others.
    """
    timestamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))
    scope = f"{timestamp[:8]}/{region}/s3/aws4_request"
    path = quote(request.path, safe="/")
    headers = {**request.headers, "host": request.host}
    parameters = {
        "X-Amz-Algorithm": _ALGORITHM,
        "X-Amz-Credential": f"{credentials.access_key}/{scope}",
        "X-Amz-Date": timestamp,
        "X-Amz-Expires": str(URL_TTL_SECONDS),
        "X-Amz-SignedHeaders": ";".join(sorted(headers)),
    }
    if credentials.token is not None:
        parameters["X-Amz-Security-Token"] = credentials.token
    query = _canonical_query({**request.query, **parameters})
    canonical = _canonical_request(request.method, path, query, headers)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"{_ALGORITHM}\n{timestamp}\n{scope}\n{digest}"
    key = _signing_key(credentials.secret_key, scope)
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    url = f"{request.scheme}://{request.host}{path}"
    return f"{url}?{query}&X-Amz-Signature={signature}"


def _canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str]
) -> str:
    names = sorted(headers)
    lines = [f"{name}:{headers[name]}" for name in names]
    signed = ";".join(names)
    return "\n".join([method, path, query, *lines, "", signed, "UNSIGNED-PAYLOAD"])


def _canonical_query(query: Mapping[str, str]) -> str:
    """Return the sorted query; RFC 3986's unreserved characters are not encoded."""
    pairs = sorted(
        (quote(name, safe=""), quote(value, safe="")) for name, value in query.items()
    )
    return "&".join(f"{name}={value}" for name, value in pairs)


def _signing_key(secret_key: str, scope: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
