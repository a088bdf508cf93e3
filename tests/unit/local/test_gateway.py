"""Requests to events and results to answers, in payload format 2.0."""

import base64
import json
from typing import Any

import pytest

from local.gateway import BadResultError, event_of, new_request_id, response_of
from local.http_messages import Request, encode
from local.routes import Routes

ROUTES = Routes({"GET /users/{userId}": "f", "POST /users": "f", "GET /users": "f"})

# An event is JSON of many shapes; its members are compared one by one.
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


def posted(content_type: str | None, body: bytes) -> Event:
    headers = () if content_type is None else (("content-type", content_type),)
    return event("POST", "/users", headers, body)


def test_event_has_the_members_of_format_2() -> None:
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


def test_repeated_headers_are_joined_by_commas_without_space() -> None:
    made = event(headers=(("if-match", '"1"'), ("x", "y"), ("if-match", '"2"')))

    assert made["headers"]["if-match"] == '"1","2"'


def test_cookies_stand_apart_from_headers() -> None:
    made = event(headers=(("cookie", "a=1; b=2"), ("cookie", "c=3")))

    assert made["cookies"] == ["a=1", "b=2", "c=3"]
    assert "cookie" not in made["headers"]


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("a=1&a=2", {"a": "1,2"}),
        ("a=%C3%A9+x", {"a": "é x"}),
        ("a", {"a": ""}),
        ("a=%ff&%zz=1", {"a": "�", "%zz": "1"}),
    ],
)
def test_query_comes_raw_and_as_a_map(query: str, parameters: dict[str, str]) -> None:
    made = event(target=f"/users?{query}")

    assert made["rawQueryString"] == query
    assert made["queryStringParameters"] == parameters


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON; charset=utf-8", "text/csv", "text/plain"],
)
def test_text_body_comes_as_it_is(content_type: str) -> None:
    made = posted(content_type, "é\0".encode())

    assert made["body"] == "é\0"
    assert made["isBase64Encoded"] is False


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (None, b"{}"),
        ("application/merge-patch+json", b"{}"),
        ("application/x-www-form-urlencoded", b"a=b"),
        ("image/png", b"\x89PNG"),
        ("application/json", b"\xff\xfe"),
        ("application/json", b'"\xed\xa0\x80"'),
    ],
)
def test_other_bodies_come_as_base64(content_type: str | None, body: bytes) -> None:
    made = posted(content_type, body)

    assert made["isBase64Encoded"] is True
    assert base64.b64decode(made["body"]) == body


def test_event_without_body_has_no_body() -> None:
    assert "body" not in posted("application/json", b"")


def test_any_octets_make_an_event_that_is_json() -> None:
    every_header_octet = "".join(map(chr, [*range(0x20, 0x7F), *range(0x80, 0x100)]))
    every_escape = "".join(f"%{octet:02x}" for octet in range(256))
    made = event(
        "POST",
        f"/users?{every_escape}=%&=&%",
        (("x", every_header_octet), ("cookie", every_header_octet)),
        bytes(range(256)),
    )

    assert json.loads(json.dumps(made)) == made
    assert made["headers"]["x"] == every_header_octet


def test_request_ids_look_like_the_gateways_and_differ() -> None:
    ids = {new_request_id() for _ in range(100)}

    assert len(ids) == 100
    assert all(len(one) == 16 and one.endswith("=") for one in ids)


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


def test_headers_of_the_connection_are_the_gateways_own() -> None:
    result = {
        "statusCode": 200,
        "headers": {"Content-Length": "9", "Transfer-Encoding": "chunked"},
    }

    assert answered(result)[1] == {}


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
    with pytest.raises(BadResultError):
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
    with pytest.raises(BadResultError):
        response_of(payload)


@pytest.mark.parametrize("value", ["é", "日本", "😀", "a\tb", "\x80"])
def test_header_of_any_other_characters_is_sent_as_utf_8(value: str) -> None:
    result = {"statusCode": 200, "headers": {"x-a": value}, "cookies": [f"a={value}"]}
    response = response_of(json.dumps(result).encode())

    sent = encode(response, keep_alive=True, bodyless=False)

    assert b"x-a: " + value.encode() + b"\r\n" in sent
    assert b"set-cookie: a=" + value.encode() + b"\r\n" in sent
