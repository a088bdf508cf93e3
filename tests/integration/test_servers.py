"""Responses of the running stack besides the API: gateway, reference, Invoke API."""

from __future__ import annotations

import base64
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from botocore.exceptions import ClientError

from tests.integration.stacks import Stack

HEALTH: dict[str, Any] = {
    "version": "2.0",
    "routeKey": "GET /health",
    "rawPath": "/health",
    "rawQueryString": "",
    "headers": {},
    "requestContext": {
        "http": {"method": "GET", "path": "/health"},
        "requestId": "from-a-test=",
    },
    "isBase64Encoded": False,
}


def test_request_is_logged_in_one_line_without_what_the_client_sent(
    stack: Stack,
) -> None:
    since = len(stack.lines)

    requests.get(f"{stack.url}/users?email=ada@example.com", timeout=40)
    requests.get(f"{stack.url}/nobody/has/this", timeout=40)

    assert "python 200 GET /users  " in stack.wait_for("GET /users", since)
    assert "python 404 GET (no route)  " in stack.wait_for("no route", since)
    assert not any("ada" in line or "nobody" in line for line in stack.lines[since:])


def test_gateway_adds_its_own_headers(stack: Stack) -> None:
    answer = requests.get(f"{stack.url}/health", timeout=40)

    assert answer.headers["apigw-requestid"] == answer.headers["x-request-id"]
    assert {name.lower() for name in answer.headers} == {
        "apigw-requestid",
        "cache-control",
        "connection",
        "content-length",
        "content-type",
        "date",
        "x-request-id",
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/users/"),
        ("GET", "/users/1/2"),
        ("HEAD", "/users"),
        ("PUT", "/users"),
        ("OPTIONS", "/users"),
        ("GET", "/docsx"),
    ],
)
def test_no_route_is_the_gateways_404(stack: Stack, method: str, path: str) -> None:
    answer = requests.request(method, stack.url + path, timeout=40)

    assert answer.status_code == 404
    assert answer.headers["content-length"] == "23"
    if method != "HEAD":
        assert answer.json() == {"message": "Not Found"}


def test_body_over_ten_megabytes_is_the_gateways_413(stack: Stack) -> None:
    body = b" " * (10 * 1024 * 1024 + 1)

    answer = requests.post(f"{stack.url}/users", body, timeout=40)

    assert (answer.status_code, answer.json()) == (
        413,
        {"message": "Request Entity Too Large"},
    )


@pytest.mark.parametrize(
    "field",
    ["Host: user@localhost", "Transfer-Encoding: gzip, chunked", "Content-Length: +1"],
)
def test_request_that_is_no_http_is_the_gateways_400(stack: Stack, field: str) -> None:
    address = urlsplit(stack.url)
    host = "" if field.startswith("Host") else f"Host: {address.netloc}\r\n"
    request = f"GET /health HTTP/1.1\r\n{host}{field}\r\n\r\n"

    with socket.create_connection(("127.0.0.1", address.port or 80), 40) as connection:
        connection.sendall(request.encode())
        with connection.makefile("rb") as answer:
            received = answer.read()

    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert received.endswith(b'\r\n\r\n{"message":"Bad Request"}')


def test_preflight_is_answered_by_the_gateway(stack: Stack) -> None:
    asked = {"origin": stack.url, "access-control-request-method": "PATCH"}

    answer = requests.options(f"{stack.url}/users/1", headers=asked, timeout=40)

    assert answer.status_code == 204
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert "if-match" in answer.headers["access-control-allow-headers"]


def test_page_of_the_api_reference_and_its_files_answer(stack: Stack) -> None:
    page = requests.get(f"{stack.url}/docs", timeout=40)
    assert page.headers["content-type"] == "text/html; charset=utf-8"

    for name in ("swagger-ui-bundle.js", "setup.js", "openapi.yaml"):
        assert name in page.text or name == "openapi.yaml"
        assert requests.get(f"{stack.url}/docs/{name}", timeout=40).ok
    schema = requests.get(f"{stack.url}/docs/schemas/user.json", timeout=40)
    assert schema.json()["$id"] == "user.json"
    assert requests.get(f"{stack.url}/docs/../pyproject.toml", timeout=40).ok is False


# ---- the Invoke API -----------------------------------------------------------------


@pytest.mark.parametrize("form", ["UsersFunction", "UsersFunctionAlias"])
def test_function_is_invoked_with_its_log_by_name_and_by_alias(
    stack: Stack, form: str
) -> None:
    answer = stack.functions.invoke(
        FunctionName=stack.outputs[form],
        Payload=json.dumps(HEALTH),
        LogType="Tail",
    )

    assert json.loads(answer["Payload"].read())["statusCode"] == 200
    assert "FunctionError" not in answer
    assert answer["ExecutedVersion"].isdigit()
    lines = base64.b64decode(answer["LogResult"]).decode().splitlines()
    assert lines[0].startswith("START RequestId: ")
    assert any('"requestId":"from-a-test="' in line for line in lines)
    assert lines[-2].startswith("END RequestId: ")
    assert lines[-1].startswith("REPORT RequestId: ")


def test_unknown_function_or_alias_is_not_found(stack: Stack) -> None:
    for name in ("nobody", stack.outputs["UsersFunction"] + ":nobody"):
        with pytest.raises(ClientError) as caught:
            stack.functions.invoke(FunctionName=name, Payload=b"{}")
        assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_payload_that_is_no_json_is_refused(stack: Stack) -> None:
    with pytest.raises(ClientError) as caught:
        stack.functions.invoke(
            FunctionName=stack.outputs["UsersFunction"], Payload=b"{"
        )
    assert caught.value.response["Error"]["Code"] == "InvalidRequestContentException"


def test_event_is_accepted_and_run_later(stack: Stack) -> None:
    since = len(stack.lines)

    answer = stack.functions.invoke(
        FunctionName=stack.outputs["UsersFunction"],
        Payload=json.dumps(HEALTH),
        InvocationType="Event",
    )

    assert answer["StatusCode"] == 202
    assert stack.wait_for("invoke UsersFunction ok", since)


def test_dry_run_runs_nothing(stack: Stack) -> None:
    answer = stack.functions.invoke(
        FunctionName=stack.outputs["UsersFunction"],
        Payload=b"{}",
        InvocationType="DryRun",
    )

    assert answer["StatusCode"] == 204
