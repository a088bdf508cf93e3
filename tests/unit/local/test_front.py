"""The front: its own responses, and the responses made from a function's result."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from local.gateway import front
from local.gateway.docs import Docs
from local.gateway.front import Front
from local.http.messages import Request, Response
from local.lambda_.invocation import MAX_REQUEST_BYTES, Failure, Invocation, Outcome
from local.lambda_.pool import TooManyInvocationsError
from local.lambda_.request_log import RequestLog
from local.model import Cors, Deployment, Function
from tests.unit.local.made import FUNCTION

OWN_HOST = ("host", "127.0.0.1:3000")
ANYONE = Cors(("*",), ("GET", "POST"), ("content-type",), ("ETag",), 600)


class Functions:
    """Replaces the Lambda service: every invocation has the same result."""

    def __init__(self, result: object, error: str | None = None) -> None:
        self.result = result
        self.error = error
        self.invocations: list[Invocation] = []

    async def invoke(self, function: Function, invocation: Invocation) -> Outcome:
        assert function.name == FUNCTION.name
        self.invocations.append(invocation)
        if isinstance(self.result, Exception):
            raise self.result
        if self.result is ...:
            await asyncio.Event().wait()
        payload = json.dumps(self.result).encode()
        return Outcome(payload, self.error, b"said\n", "1", "r-1")


class Played:
    """A front with such functions, and the lines that it logged."""

    def __init__(
        self, functions: Functions, cors: Cors = ANYONE, function: Function = FUNCTION
    ) -> None:
        self.lines: list[str] = []
        deployment = Deployment(
            stack="parity-python",
            endpoint="http://127.0.0.1:9",
            region="us-east-1",
            functions={"UsersFunction": function},
            routes={"GET /users": "UsersFunction", "POST /users": "UsersFunction"},
            cors=cors,
            left_out=(),
            applied_afterwards=(),
        )
        self._front = Front(
            deployment,
            functions,
            Docs({"": "page"}),
            3000,
            RequestLog("python", self.lines.append),
        )

    def answer(
        self,
        method: str = "GET",
        target: str = "/users",
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
        host: tuple[str, str] = OWN_HOST,
    ) -> Response:
        request = Request(method, target, (host, *headers), body)
        return asyncio.run(self._front.answer(request))


def message(response: Response) -> tuple[int, object]:
    return response.status, json.loads(response.body)["message"]


def test_result_is_answered_with_the_gateways_request_id() -> None:
    functions = Functions({"statusCode": 200, "headers": {"etag": '"1"'}})

    response = Played(functions).answer()

    headers = dict(response.headers)
    event = json.loads(functions.invocations[0].payload)
    assert headers == {
        "etag": '"1"',
        "apigw-requestid": event["requestContext"]["requestId"],
    }


def test_function_is_invoked_by_its_alias_with_the_requests_trace() -> None:
    functions = Functions({"statusCode": 204})

    Played(functions).answer()

    (invocation,) = functions.invocations
    event = json.loads(invocation.payload)
    assert invocation.arn == "arn:users:live"
    assert invocation.trace_id.startswith(event["headers"]["x-amzn-trace-id"] + ";")


def test_request_without_a_route_is_not_found_and_invokes_no_function() -> None:
    functions = Functions({"statusCode": 200})

    response = Played(functions).answer("HEAD")

    assert message(response) == (404, "Not Found")
    assert functions.invocations == []


@pytest.mark.parametrize(
    "result", [{"statusCode": "x"}, {"statusCode": 200, "body": 1}]
)
def test_invalid_result_is_an_internal_error(result: object) -> None:
    response = Played(Functions(result)).answer()

    assert message(response) == (500, "Internal Server Error")


def test_function_error_is_explained_only_to_the_developer() -> None:
    played = Played(Functions({"errorMessage": "secret"}, error="Unhandled"))

    response = played.answer()

    assert message(response) == (500, "Internal Server Error")
    assert played.lines[1:] == ["         | said"]


def test_function_that_exceeds_the_gateways_timeout_is_unavailable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(front, "INTEGRATION_SECONDS", 0.01)

    response = Played(Functions(...)).answer()

    assert message(response) == (503, "Service Unavailable")


def test_function_that_waits_for_a_debugger_has_no_time_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(front, "INTEGRATION_SECONDS", 0)
    result = {"statusCode": 204}
    waiting = replace(FUNCTION, debug_port=5678)

    assert Played(Functions(result)).answer().status == 503
    assert Played(Functions(result), function=waiting).answer().status == 204


def test_function_at_its_limit_is_unavailable_for_a_second() -> None:
    response = Played(Functions(TooManyInvocationsError())).answer()

    assert message(response) == (503, "Service Unavailable")
    assert ("retry-after", "1") in response.headers


def test_event_over_lambdas_limit_is_too_large() -> None:
    functions = Functions({"statusCode": 200})
    body = b"\xff" * MAX_REQUEST_BYTES  # a third more as base64

    response = Played(functions).answer("POST", body=body)

    assert message(response) == (413, "Request Entity Too Large")
    assert functions.invocations == []


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("http://127.0.0.1:3000/users?a", "/users"),
        ("http://localhost:3000/", "/"),
        ("http://localhost:3000", "/"),
        ("http://localhost:3000?a=/users", "/"),
        ("*", "/"),
    ],
)
def test_absolute_target_is_routed_by_its_path(target: str, path: str) -> None:
    functions = Functions({"statusCode": 204})

    response = Played(functions).answer(target=target)

    assert response.status == (204 if path == "/users" else 404)


@pytest.mark.parametrize("target", ["/users", "/docs", "/docs/openapi.yaml"])
def test_host_name_of_another_machine_is_misdirected(target: str) -> None:
    functions = Functions({"statusCode": 200})
    played = Played(functions)

    response = played.answer(target=target, host=("host", "evil.example:3000"))

    assert message(response) == (
        421,
        "Host must be localhost, 127.0.0.1, [::1], each with port 3000",
    )
    assert functions.invocations == []
    assert "python 421 GET (other host)" in played.lines[0]


def test_method_that_http_does_not_define_is_not_logged() -> None:
    """RFC 9110 9.1: any token is a method, so a client can put any text there."""
    played = Played(Functions({}))

    response = played.answer("ada-example-com")

    assert message(response) == (404, "Not Found")
    assert "python 404 (other method) (no route)" in played.lines[0]


def test_absolute_target_of_another_host_is_misdirected() -> None:
    response = Played(Functions({})).answer(target="http://evil.example:3000/users")

    assert response.status == 421


def test_gateways_cors_headers_replace_the_functions() -> None:
    sent = {"access-control-allow-origin": "https://evil.example", "etag": '"1"'}
    functions = Functions({"statusCode": 200, "headers": sent})

    response = Played(functions).answer(headers=(("origin", "https://a.example"),))

    origins = [v for k, v in response.headers if k == "access-control-allow-origin"]
    assert origins == ["*"]


def test_without_a_configuration_the_function_sets_cors_headers() -> None:
    sent = {"access-control-allow-origin": "https://a.example"}
    functions = Functions({"statusCode": 200, "headers": sent})
    played = Played(functions, Cors((), (), (), (), 0))

    response = played.answer(headers=(("origin", "https://a.example"),))

    assert ("access-control-allow-origin", "https://a.example") in response.headers


def test_preflight_invokes_no_function() -> None:
    functions = Functions({"statusCode": 200})
    asked = (("origin", "https://a.example"), ("access-control-request-method", "PUT"))

    response = Played(functions).answer("OPTIONS", headers=asked)

    assert response.status == 204
    assert "access-control-allow-methods" in dict(response.headers)
    assert functions.invocations == []


def test_gateways_own_messages_have_a_request_id() -> None:
    for status in front.MESSAGES:
        response = front.refuse(status)

        assert response.status == status
        assert list(json.loads(response.body)) == ["message"]
        assert len(dict(response.headers)["apigw-requestid"]) == 16


def test_failures_of_the_platform_are_json() -> None:
    failure = Failure.of("Runtime.ExitError", 'a "quote"')

    assert json.loads(failure.payload) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": 'a "quote"',
    }
