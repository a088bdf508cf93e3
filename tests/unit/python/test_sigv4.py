"""Signatures, compared with AWS's own example and with botocore's signer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from assets import sigv4
from assets.objects import content_disposition
from assets.sigv4 import Credentials, UnsignedUrl, presigned_url

CREDENTIALS = Credentials("AKIDEXAMPLE", "secret/key+", None)
SECONDS = 1_771_000_000
HEADERS = {
    "content-length": "3",
    "content-type": "text/plain; charset=utf-8",
    "if-none-match": "*",
    "x-amz-checksum-sha256": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
}


def request(
    path: str, query: Mapping[str, str], headers: Mapping[str, str]
) -> UnsignedUrl:
    return UnsignedUrl(
        "PUT", "https", "b.s3.eu-west-1.amazonaws.com", path, query, headers
    )


def test_the_signature_is_that_of_the_documentations_example(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The GET of test.txt, valid for a day, in sigv4-query-string-auth.html."""
    monkeypatch.setattr(sigv4, "URL_TTL_SECONDS", 86_400)
    credentials = Credentials(
        "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None
    )
    host = "examplebucket.s3.amazonaws.com"
    url = presigned_url(
        UnsignedUrl("GET", "https", host, "/test.txt", {}, {}),
        credentials,
        "us-east-1",
        1_369_353_600,
    )
    assert parse_qs(urlsplit(url).query) == {
        "X-Amz-Algorithm": ["AWS4-HMAC-SHA256"],
        "X-Amz-Credential": ["AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"],
        "X-Amz-Date": ["20130524T000000Z"],
        "X-Amz-Expires": ["86400"],
        "X-Amz-SignedHeaders": ["host"],
        "X-Amz-Signature": [
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        ],
    }


@pytest.mark.parametrize(
    "name",
    [
        "a.png",
        "a b+c%20d",
        "~-._!*'();:@&=$,?#[]\"<>^`{|}",
        "é\u65e5\U0001d49c",
        "...",
    ],
)
@pytest.mark.parametrize("token", [None, "session/token+=="])
def test_signatures_equal_those_of_botocore(
    name: str, token: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = {"response-content-disposition": content_disposition(name)}
    url = presigned_url(
        request(f"/assets/{name}", query, HEADERS),
        Credentials(CREDENTIALS.access_key, CREDENTIALS.secret_key, token),
        "eu-west-1",
        SECONDS,
    )
    assert signature(url) == botocore_signature(url, token, monkeypatch)


def signature(url: str) -> str:
    return parse_qs(urlsplit(url).query)["X-Amz-Signature"][0]


def botocore_signature(
    url: str, token: str | None, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The signature of botocore for the same path at the same second."""
    moment = datetime.fromtimestamp(SECONDS, UTC)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: moment)
    parts = urlsplit(url)
    own = [p for p in parts.query.split("&") if not p.startswith("X-Amz-")]
    aws_request = AWSRequest(
        "PUT", f"https://{parts.netloc}{parts.path}?{'&'.join(own)}", HEADERS
    )
    credentials = BotoCredentials(CREDENTIALS.access_key, CREDENTIALS.secret_key, token)
    S3SigV4QueryAuth(credentials, "s3", "eu-west-1", 3600).add_auth(aws_request)
    return signature(str(aws_request.url))


def test_headers_are_signed_in_the_order_of_their_names() -> None:
    url = presigned_url(request("/k", {}, HEADERS), CREDENTIALS, "eu-west-1", SECONDS)
    assert parse_qs(urlsplit(url).query)["X-Amz-SignedHeaders"] == [
        "content-length;content-type;host;if-none-match;x-amz-checksum-sha256"
    ]


def test_the_date_of_a_signature_is_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    url = presigned_url(request("/k", {}, {}), CREDENTIALS, "eu-west-1", SECONDS)
    monkeypatch.undo()
    time.tzset()
    assert parse_qs(urlsplit(url).query)["X-Amz-Date"] == ["20260213T162640Z"]


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("a.png", "a.png"),
        ("a b", "a%20b"),
        ("!#$&+-.^_`|~", "!#$&+-.^_`|~"),
        ("'*()%\"=;,", "%27%2A%28%29%25%22%3D%3B%2C"),
        ("é\u65e5", "%C3%A9%E6%97%A5"),
        ("\U0001d49c", "%F0%9D%92%9C"),
    ],
)
def test_content_disposition_encodes_any_name(name: str, encoded: str) -> None:
    assert content_disposition(name) == f"attachment; filename*=UTF-8''{encoded}"
