from __future__ import annotations

import pytest

from contract.suite.events import Context, body_text, merge_patch, payload
from contract.suite.exchanges import Request

CONTEXT = Context("GET /users/{userId}", {"userId": "a b"}, "id=", 1_771_000_000_123)


def test_event_has_everything_the_gateway_tells() -> None:
    headers = (("User-Agent", "x"), ("A", "1"), ("a", "2"), ("Cookie", "b=1; c=2"))
    request = Request("GET", "/users/a%20b", "q=1&q=2&p=%C3%A9+&flag&&", headers)

    assert payload(request, CONTEXT) == {
        "version": "2.0",
        "routeKey": "GET /users/{userId}",
        "rawPath": "/users/a b",
        "rawQueryString": "q=1&q=2&p=%C3%A9+&flag&&",
        "cookies": ["b=1", "c=2"],
        "headers": {"user-agent": "x", "a": "1,2"},
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
    event = payload(Request("GET", "/health"), Context("GET /health", {}, "x", 0))

    absent = {"queryStringParameters", "pathParameters", "cookies", "body"}
    assert absent & event.keys() == set()


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (None, "application/json", (None, False)),
        (b"", "application/json", (None, False)),
        (b"{}", "Application/JSON; charset=utf-8", ("{}", False)),
        ("é".encode(), "text/plain", ("é", False)),
        (b"{}", "application/merge-patch+json", ("e30=", True)),
        (b"{}", "", ("e30=", True)),
        (b"\xff", "application/json", ("/w==", True)),
    ],
)
def test_body_is_text_where_it_is_text(
    body: bytes | None, content_type: str, expected: object
) -> None:
    assert body_text(body, content_type) == expected


def test_patch_is_merged_into_the_event() -> None:
    patch = {"headers": {"IF-MATCH": "x"}, "routeKey": None, "requestContext": 1}
    event = payload(Request("GET", "/health", event_patch=patch), CONTEXT)

    assert event["headers"] == {"IF-MATCH": "x"}
    assert event["requestContext"] == 1
    assert "routeKey" not in event


def test_merge_patch_replaces_what_is_no_mapping() -> None:
    assert merge_patch([1], {"a": {"b": None, "c": 1}}) == {"a": {"c": 1}}
    assert merge_patch({"a": 1}, [2]) == [2]
