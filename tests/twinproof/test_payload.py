"""Requests become events and results become responses, in payload format 2.0."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from twinproof.exchange.model import Request
from twinproof.exchange.payload import (
    BadResult,
    Context,
    as_sent,
    body_text,
    event_of,
    merge_patch,
    query_map,
    response_of,
)

CONTEXT = Context("GET /users/{userId}", {"userId": "a b"}, "id=", 1_771_000_000_123)


def test_event_has_every_field_of_the_gateway() -> None:
    headers = (("User-Agent", "x"), ("A", "1"), ("a", "2"), ("Cookie", "b=1; c=2"))
    request = Request("GET", "/users/a%20b", "q=1&q=2&p=%C3%A9+&flag&&", headers)

    assert event_of(request, CONTEXT) == {
        "version": "2.0",
        "routeKey": "GET /users/{userId}",
        "rawPath": "/users/a b",
        "rawQueryString": "q=1&q=2&p=%C3%A9+&flag&&",
        "cookies": ["b=1", "c=2"],
        "headers": {"user-agent": "x", "a": "1,2", **CONTEXT.headers},
        "queryStringParameters": {"q": "1,2", "p": "é ", "flag": ""},
        "pathParameters": {"userId": "a b"},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "parity",
            "domainName": "parity.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "parity",
            "http": {
                "method": "GET",
                "path": "/users/a b",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "x",
            },
            "requestId": "id=",
            "routeKey": "GET /users/{userId}",
            "stage": "$default",
            "time": "13/Feb/2026:16:26:40 +0000",
            "timeEpoch": 1_771_000_000_123,
        },
        "isBase64Encoded": False,
    }


def test_event_without_query_and_body_has_no_member_for_them() -> None:
    event = event_of(Request("GET", "/health"), Context("GET /health", {}, "x", 0))

    absent = {"queryStringParameters", "pathParameters", "cookies", "body"}
    assert absent & event.keys() == set()


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (None, "application/json", ("", False)),
        (b"", "application/json", ("", False)),
        (b"{}", "Application/JSON; charset=utf-8", ("{}", False)),
        ("é\0".encode(), "text/plain", ("é\0", False)),
        (b"a", "text/csv", ("a", False)),
        (b"{}", "application/merge-patch+json", ("e30=", True)),
        (b"{}", "application/jsonx", ("e30=", True)),
        (b"{}", "application/xml-dtd", ("e30=", True)),
        (b"a=b", "application/x-www-form-urlencoded", ("YT1i", True)),
        (b"{}", "", ("e30=", True)),
        (b"\xff", "application/json", ("/w==", True)),
        (b'"\xed\xa0\x80"', "application/json", ("Iu2ggCI=", True)),
    ],
)
def test_body_is_text_where_it_is_text(
    body: bytes | None, content_type: str, expected: object
) -> None:
    assert body_text(body, content_type) == expected


def test_patch_is_merged_into_the_event() -> None:
    patch = {"headers": {"IF-MATCH": "x"}, "routeKey": None, "requestContext": 1}
    event = event_of(Request("GET", "/health", event_patch=patch), CONTEXT)

    assert event["headers"] == {**CONTEXT.headers, "IF-MATCH": "x"}
    assert event["requestContext"] == 1
    assert "routeKey" not in event


def test_merge_patch_replaces_a_value_that_is_not_a_mapping() -> None:
    assert merge_patch([1], {"a": {"b": None, "c": 1}}) == {"a": {"c": 1}}
    assert merge_patch({"a": 1}, [2]) == [2]


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("a=1&a=2", {"a": "1,2"}),
        ("a=%C3%A9+x", {"a": "é x"}),
        ("a", {"a": ""}),
        ("a=%ff&%zz=1", {"a": "\ufffd", "%zz": "1"}),
    ],
)
def test_query_is_decoded_and_repeats_are_joined(
    query: str, parameters: dict[str, str]
) -> None:
    assert query_map(query) == parameters


def test_cookies_of_several_headers_stand_one_by_one() -> None:
    headers = (("cookie", "a=1; b=2"), ("Cookie", "c=3"))
    event = event_of(Request("GET", "/health", headers=headers), CONTEXT)

    assert event["cookies"] == ["a=1", "b=2", "c=3"]


def test_client_names_its_host_and_the_length_of_its_body() -> None:
    sent = as_sent(Request("PUT", "/users/1"), "api.example")
    own = (("Host", "b"), ("Content-Length", "3"))

    assert sent.headers == (("host", "api.example"), ("content-length", "0"))
    assert as_sent(Request("GET", "/"), "a").headers == (("host", "a"),)
    assert as_sent(Request("POST", "/", headers=own), "a").headers == own


# ---- captured -----------------------------------------------------------------------


CAPTURED = yaml.safe_load((Path(__file__).parent / "captured.yaml").read_text())


@pytest.mark.parametrize("capture", CAPTURED, ids=lambda capture: capture["shows"])
def test_event_is_as_captured_of_a_real_gateway(capture: dict[str, Any]) -> None:
    asked, event = capture["request"], capture["event"]
    request = Request(
        asked["method"],
        asked["path"],
        asked.get("query", ""),
        tuple(asked["headers"].items()),
        asked.get("body", "").encode() or None,
    )
    fields = event["requestContext"]
    context = Context(
        event["routeKey"],
        event.get("pathParameters", {}),
        fields["requestId"],
        fields["timeEpoch"],
        event["headers"]["x-amzn-trace-id"],
        fields["http"]["sourceIp"],
        account_id=fields["accountId"],
        api_id=fields["apiId"],
        domain_name=fields["domainName"],
    )

    assert event_of(as_sent(request, fields["domainName"]), context) == event


# ---- results ------------------------------------------------------------------------


def answered(result: object) -> tuple[int, dict[str, str], bytes]:
    response = response_of(json.dumps(result).encode())
    return response.status, dict(response.headers), response.body


def test_result_becomes_status_headers_and_body() -> None:
    result = {"statusCode": 201, "headers": {"ETag": '"1"', "n": 5}, "body": "é"}

    headers = {"etag": '"1"', "n": "5", "content-type": "text/plain; charset=utf-8"}
    assert answered(result) == (201, headers, "é".encode())


def test_base64_result_is_decoded() -> None:
    result = {
        "statusCode": 200,
        "headers": {"content-type": "image/png"},
        "body": "iVA=",
        "isBase64Encoded": True,
    }

    assert answered(result)[2] == b"\x89P"


def test_result_without_body_has_no_content_type() -> None:
    assert answered({"statusCode": 204}) == (204, {}, b"")


def test_cookies_of_a_result_are_set_one_by_one() -> None:
    result = {"statusCode": 200, "cookies": ["a=1", "b=2"]}
    response = response_of(json.dumps(result).encode())

    assert response.headers == (("set-cookie", "a=1"), ("set-cookie", "b=2"))


def test_every_header_of_a_result_is_shown() -> None:
    result = {"statusCode": 200, "headers": {"Content-Length": "9", "Date": "x"}}

    assert answered(result)[1] == {"content-length": "9", "date": "x"}


@pytest.mark.parametrize(
    ("result", "body"),
    [({"a": 1}, b'{"a": 1}'), ("text", b"text"), (None, b"null"), ([1], b"[1]")],
)
def test_result_without_status_code_is_the_body_of_a_200(
    result: object, body: bytes
) -> None:
    assert answered(result) == (200, {"content-type": "application/json"}, body)


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": None},
        {"statusCode": "abc"},
        {"statusCode": 99},
        {"statusCode": 600},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "body": "\ud800"},
        {"statusCode": 200, "body": "*", "isBase64Encoded": True},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "headers": {"a": "b\r\nc: d"}},
        {"statusCode": 200, "headers": {"a b": "c"}},
        {"statusCode": 200, "headers": {"a": None}},
        {"statusCode": 200, "cookies": "a=1"},
        {"statusCode": 200, "cookies": ["a=1\n"]},
        {"statusCode": 200, "headers": {"a": "\ud800"}},
        {"statusCode": 200, "headers": {"\ud800": "a"}},
        {"statusCode": 200, "headers": {"é": "a"}},
        {"statusCode": 200, "cookies": ["a=\udfff"]},
    ],
)
def test_results_that_are_no_response_are_refused(result: object) -> None:
    with pytest.raises(BadResult):
        answered(result)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 200_000 + b"]" * 200_000,
        b"1" * 5_000,  # more digits than Python reads
    ],
    ids=["nothing", "half", "no UTF-8", "deep", "long"],
)
def test_payload_that_cannot_be_read_is_refused(payload: bytes) -> None:
    with pytest.raises(BadResult):
        response_of(payload)
