"""CORS as the gateway applies it from the deployed configuration."""

import dataclasses

import pytest

from local.gateway.cors import headers_for, is_preflight, preflight
from local.http.messages import Request
from local.model import Cors

CORS = Cors(
    allow_origins=("https://app.example", "http://localhost:5173"),
    allow_methods=("GET", "PUT"),
    allow_headers=("content-type", "if-match"),
    expose_headers=("ETag", "Location"),
    max_age_seconds=600,
)
ANYONE = dataclasses.replace(CORS, allow_origins=("*",))


def request(method: str = "GET", **headers: str) -> Request:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Request(method, "/users", named, b"")


@pytest.mark.parametrize(
    ("cors", "origin", "allowed"),
    [
        (CORS, "https://app.example", "https://app.example"),
        (CORS, "https://APP.example", "https://APP.example"),
        (CORS, "http://localhost:5173", "http://localhost:5173"),
        (CORS, "https://other.example", None),
        (CORS, "http://localhost:8080", None),
        (CORS, "https://app.example.evil", None),
        (CORS, "null", None),
        (CORS, "", None),
        (ANYONE, "https://other.example", "*"),
        (ANYONE, "null", "*"),
    ],
)
def test_allowed_origin_is_named(cors: Cors, origin: str, allowed: str | None) -> None:
    headers = dict(headers_for(cors, request(origin=origin)))

    assert headers.get("access-control-allow-origin") == allowed


@pytest.mark.parametrize("pattern", ["https://*", "https://*.example"])
def test_a_wildcard_in_an_origin_allows_none(pattern: str) -> None:
    cors = dataclasses.replace(CORS, allow_origins=(pattern,))

    assert headers_for(cors, request(origin="https://app.example")) == ()


def test_allowed_origin_may_read_the_exposed_headers() -> None:
    headers = dict(headers_for(CORS, request(origin="https://app.example")))

    assert headers["access-control-expose-headers"] == "ETag,Location"


def test_request_without_origin_gets_no_cors_headers() -> None:
    assert headers_for(ANYONE, request()) == ()


def test_preflight_of_an_allowed_origin_lists_methods_and_headers() -> None:
    asked = request(
        "OPTIONS", origin="https://app.example", access_control_request_method="PUT"
    )

    response = preflight(CORS, asked)

    assert response.status == 204
    assert dict(response.headers) == {
        "access-control-allow-origin": "https://app.example",
        "access-control-expose-headers": "ETag,Location",
        "access-control-allow-methods": "GET,PUT",
        "access-control-allow-headers": "content-type,if-match",
        "access-control-max-age": "600",
    }


def test_preflight_of_another_origin_gets_no_cors_headers() -> None:
    asked = request(
        "OPTIONS", origin="https://other.example", access_control_request_method="PUT"
    )

    response = preflight(CORS, asked)

    assert (response.status, response.headers) == (204, ())


@pytest.mark.parametrize(
    "asked",
    [
        request("OPTIONS"),
        request("OPTIONS", origin="https://app.example"),
        request("GET", origin="https://a.example", access_control_request_method="PUT"),
    ],
)
def test_other_requests_are_not_preflights(asked: Request) -> None:
    assert not is_preflight(asked)
