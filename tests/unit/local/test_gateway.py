"""The front turns a request into an event, and a result into a response."""

import json
from typing import Any

import pytest

from local.gateway.events import event_of, new_request_id, response_of
from local.http.messages import Request, encode
from local.http.routes import Routes

ROUTES = Routes({"GET /users/{userId}": "f", "POST /users": "f", "GET /users": "f"})

# An event is JSON of many shapes; its fields are compared one by one.
Event = dict[str, Any]


def event(
    method: str = "GET",
    target: str = "/users",
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
) -> Event:
    match = ROUTES.find(method, target.partition("?")[0])
    assert match is not None
    request = Request(method, target, headers, body)
    return event_of(request, match, request_id="id=", trace="Root=1-2-3", port=3000)


def test_event_has_the_fields_of_format_2() -> None:
    made = event("GET", "/users/a%20b?limit=2", (("host", "api.example:3000"),))

    context = made.pop("requestContext")
    assert made == {
        "version": "2.0",
        "routeKey": "GET /users/{userId}",
        "rawPath": "/users/a b",
        "rawQueryString": "limit=2",
        "headers": {
            "host": "api.example:3000",
            "x-amzn-trace-id": "Root=1-2-3",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "3000",
            "x-forwarded-proto": "http",
        },
        "queryStringParameters": {"limit": "2"},
        "pathParameters": {"userId": "a b"},
        "isBase64Encoded": False,
    }
    assert context["http"] == {
        "method": "GET",
        "path": "/users/a b",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "",
    }
    assert context["requestId"] == "id="
    assert context["routeKey"] == "GET /users/{userId}"
    assert context["domainPrefix"] == "api"


def test_gateways_headers_override_the_clients() -> None:
    made = event(headers=(("x-forwarded-for", "10.0.0.1"), ("x-forwarded-for", "2")))

    assert made["headers"]["x-forwarded-for"] == "127.0.0.1"


def test_any_bytes_make_an_event_that_is_json() -> None:
    every_header_octet = "".join(map(chr, [*range(0x20, 0x7F), *range(0x80, 0x100)]))
    every_escape = "".join(f"%{byte:02x}" for byte in range(256))
    made = event(
        "POST",
        f"/users?{every_escape}=%&=&%",
        (("x", every_header_octet), ("cookie", every_header_octet)),
        bytes(range(256)),
    )

    assert json.loads(json.dumps(made)) == made
    assert made["headers"]["x"] == every_header_octet


def test_request_ids_have_the_gateways_form_and_differ() -> None:
    ids = {new_request_id() for _ in range(100)}

    assert len(ids) == 100
    assert all(len(one) == 16 and one.endswith("=") for one in ids)


@pytest.mark.parametrize("value", ["é", "日本", "😀", "a\tb", "\x80"])
def test_header_of_any_characters_is_sent_as_utf_8(value: str) -> None:
    result = {"statusCode": 200, "headers": {"x-a": value}, "cookies": [f"a={value}"]}
    response = response_of(json.dumps(result).encode())

    sent = encode(response, keep_alive=True, bodyless=False)

    assert b"x-a: " + value.encode() + b"\r\n" in sent
    assert b"set-cookie: a=" + value.encode() + b"\r\n" in sent


def test_connection_headers_of_a_function_are_dropped() -> None:
    headers = {"Content-Length": "9", "Transfer-Encoding": "chunked", "date": "x"}
    result = {"statusCode": 200, "headers": headers}

    assert response_of(json.dumps(result).encode()).headers == ()
