"""Events as requests."""

from __future__ import annotations

import base64

import pytest

from shared.errors import MalformedRequest, PayloadTooLarge
from shared.http.request import (
    MAX_BODY_BYTES,
    Request,
    read_request,
    request_id_of,
)
from tests.unit.python.support import event

ROUTE = "GET /users"


def body_of(text: str, *, is_base64: bool = True) -> Request:
    return read_request(event(ROUTE, text, isBase64Encoded=is_base64))


def test_header_names_are_read_in_any_case() -> None:
    request = read_request(event(ROUTE, headers={"X-A": " \tb\t ", "\u212a": "k"}))
    assert request.header("x-a") == "b"
    assert request.header("k") is None
    assert request.header("x-b") is None


def test_headers_that_differ_in_case_are_joined_in_order() -> None:
    request = read_request(event(ROUTE, headers={"B": "1", "b": "2", "a": "0"}))
    assert request.header("b") == "1,2"


def test_missing_parts_of_an_event_are_empty() -> None:
    request = read_request({"routeKey": ROUTE, "requestContext": {"http": {}}})
    assert request == Request(ROUTE, {}, "", {}, "", is_base64=False)
    nothing = dict.fromkeys(("headers", "body", "pathParameters", "rawQueryString"))
    assert read_request(event(ROUTE, **nothing)).headers == {}


@pytest.mark.parametrize(
    "hostile",
    [
        None,
        [],
        "x",
        1,
        {},
        {"warming": True, "x": 1},
        {"routeKey": ROUTE},
        {"routeKey": 1, "requestContext": {"http": {}}},
        {"routeKey": ROUTE, "requestContext": {"http": "GET"}},
        {"routeKey": ROUTE, "requestContext": []},
        event(ROUTE, headers=[]),
        event(ROUTE, headers={"x": None}),
        event(ROUTE, pathParameters={"userId": None}),
        event(ROUTE, headers={"a": 1}),
        event(ROUTE, body=None, rawQueryString=1),
        event(ROUTE, pathParameters="x"),
        event(ROUTE, pathParameters={"userId": {}}),
        {**event(ROUTE), "body": {}},
    ],
)
def test_other_events_are_malformed(hostile: object) -> None:
    with pytest.raises(MalformedRequest):
        read_request(hostile)


def test_the_request_id_is_the_gateways() -> None:
    assert request_id_of(event(ROUTE)) == "request-id"


@pytest.mark.parametrize(
    "hostile",
    [None, {}, {"requestContext": 1}, event(ROUTE, requestContext={"requestId": ""})],
)
def test_an_event_may_have_no_request_id(hostile: object) -> None:
    assert request_id_of(hostile) is None


def test_text_is_its_bytes_in_utf_8() -> None:
    request = body_of("é\U0001d49c", is_base64=False)
    assert request.body_bytes() == "é\U0001d49c".encode()
    assert request.byte_count() == 6


def test_a_lone_surrogate_is_not_utf_8() -> None:
    request = body_of("\ud800", is_base64=False)
    assert request.body_bytes() == b"\xed\xa0\x80"


@pytest.mark.parametrize("data", [b"", b"a", b"ab", b"abc", b"\xff\xfe\xfd\xfb"])
def test_base64_is_decoded(data: bytes) -> None:
    request = body_of(base64.b64encode(data).decode())
    assert request.body_bytes() == data
    assert request.byte_count() == len(data)


@pytest.mark.parametrize(
    "text",
    [
        "YQ",
        "YQ=",
        "YQ===",
        "YR==",
        "Y Q==",
        "YQ==\n",
        "_-8=",
        "=",
        "Y",
        "é",
        "YQ==YQ==",
    ],
)
def test_invalid_base64_is_malformed(text: str) -> None:
    request = body_of(text)
    with pytest.raises(MalformedRequest):
        request.body_bytes()
    assert request.byte_count() == len(text.encode())


def test_a_body_may_have_65536_bytes_in_any_encoding() -> None:
    data = b"x" * MAX_BODY_BYTES
    assert body_of(data.decode(), is_base64=False).bounded_bytes() == data
    assert body_of(base64.b64encode(data).decode()).bounded_bytes() == data
    with pytest.raises(PayloadTooLarge):
        body_of(base64.b64encode(data + b"x").decode()).bounded_bytes()
    with pytest.raises(PayloadTooLarge):
        body_of("é" * (MAX_BODY_BYTES // 2 + 1), is_base64=False).bounded_bytes()
