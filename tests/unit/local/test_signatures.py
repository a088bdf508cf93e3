"""Signatures at the Lambda endpoint: valid ones, and AWS's errors for others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.http.messages import Request
from local.lambda_.signatures import SignatureError, verify

HOST = "http://127.0.0.1:4567"
TARGET = "/2015-03-31/functions/arn%3Aaws%3Alambda/invocations?Qualifier=live&a=%20b"
BODY = b'{"version": "2.0"}'
# Some of the requests are signed when this file is imported.
NOW = datetime.now(UTC)


def signed(
    service: str = "lambda",
    region: str = "us-east-1",
    credentials: tuple[str, str] = ("test", "test"),
    headers: tuple[tuple[str, str], ...] = (),
) -> Request:
    """Return a request as botocore signs and sends it."""
    given = dict((("X-Amz-Log-Type", "Tail"), ("X-Two", "a   b"), *headers))
    sent = AWSRequest("POST", HOST + TARGET, data=BODY, headers=given)
    SigV4Auth(Credentials(*credentials), service, region).add_auth(sent)
    lines = [(name.lower(), value) for name, value in sent.headers.items()]
    return Request("POST", TARGET, (("host", HOST[7:]), *lines), BODY)


def changed(request: Request, name: str, change: Callable[[str], str]) -> Request:
    headers = tuple(
        (key, change(value) if key == name else value) for key, value in request.headers
    )
    return Request(request.method, request.target, headers, request.body)


def without(request: Request, name: str) -> Request:
    headers = tuple(pair for pair in request.headers if pair[0] != name)
    return Request(request.method, request.target, headers, request.body)


def fault(request: Request, service: str = "lambda", now: datetime = NOW) -> str | None:
    try:
        verify(request, service, now)
    except SignatureError as error:
        return error.code
    return None


def test_signature_of_the_administrator_is_valid() -> None:
    verify(signed(), "lambda")
    verify(signed("logs"), "logs")


def test_unsigned_headers_may_change() -> None:
    request = signed()
    more = (*request.headers, ("x-forwarded-for", "b"), ("user-agent", "a"))

    verify(Request("POST", TARGET, more, BODY), "lambda")


@pytest.mark.parametrize(
    "request_",
    [
        Request("PUT", TARGET, signed().headers, BODY),
        Request("POST", TARGET + "c", signed().headers, BODY),
        Request("POST", TARGET.replace("arn", "brn"), signed().headers, BODY),
        Request("POST", "http://127.0.0.1:4567" + TARGET, signed().headers, BODY),
        Request("POST", TARGET, signed().headers, BODY + b" "),
        Request("POST", TARGET, signed().headers, b""),
        changed(signed(), "host", lambda _: "localhost:4567"),
        changed(signed(), "x-amz-log-type", lambda _: "None"),
        changed(signed(), "authorization", lambda value: value[:-1] + "g"),
        changed(signed(), "authorization", lambda value: value[:-64]),
        changed(signed(), "authorization", lambda value: value[:-1] + "\xe9"),
        without(signed(), "x-two"),
        signed(credentials=("test", "Test")),
        signed(headers=(("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),)),
        signed("s3"),
        signed("logs"),
        signed(region="eu-west-1"),
        changed(signed(), "authorization", lambda v: v.replace("aws4_r", "aws5_r")),
        changed(signed(), "authorization", lambda v: v.replace("test/20", "test/19")),
    ],
)
def test_changed_request_is_invalid(request_: Request) -> None:
    assert fault(request_) == "InvalidSignatureException"


@pytest.mark.parametrize("minutes", [-6, 6])
def test_clock_more_than_5_minutes_off_is_invalid(minutes: int) -> None:
    now = datetime.now(UTC) + timedelta(minutes=minutes)

    assert fault(signed(), now=now) == "InvalidSignatureException"


@pytest.mark.parametrize("minutes", [-4, 4])
def test_clock_less_than_5_minutes_off_is_valid(minutes: int) -> None:
    verify(signed(), "lambda", datetime.now(UTC) + timedelta(minutes=minutes))


def test_request_without_a_signature_lacks_a_token() -> None:
    missing = "MissingAuthenticationTokenException"

    assert fault(without(signed(), "authorization")) == missing
    assert fault(changed(signed(), "authorization", lambda _: "")) == missing


@pytest.mark.parametrize(
    "request_",
    [
        signed(credentials=("AKIAIOSFODNN7EXAMPLE", "test")),
        Request(
            "POST", TARGET, (*signed().headers, ("x-amz-security-token", "t")), BODY
        ),
    ],
)
def test_other_credentials_are_not_recognized(request_: Request) -> None:
    assert fault(request_) == "UnrecognizedClientException"


@pytest.mark.parametrize(
    "request_",
    [
        changed(signed(), "authorization", lambda _: "Basic dGVzdDp0ZXN0"),
        changed(signed(), "authorization", lambda _: "AWS4-HMAC-SHA256"),
        changed(signed(), "authorization", lambda v: v.replace("Signature=", "")),
        changed(signed(), "authorization", lambda v: v.replace("Credential=", "")),
        changed(signed(), "authorization", lambda v: v.replace("SignedHeaders=", "")),
        changed(signed(), "authorization", lambda v: v.replace("/lambda", "")),
        changed(signed(), "authorization", lambda v: v.replace("=host;", "=")),
        changed(signed(), "x-amz-date", lambda v: v[:8] + "yesterday"),
        without(signed(), "x-amz-date"),
    ],
)
def test_signature_that_lacks_a_part_is_incomplete(request_: Request) -> None:
    assert fault(request_) == "IncompleteSignatureException"
