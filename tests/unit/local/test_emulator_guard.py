"""Which requests reach the emulator, and which are refused before it."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote, unquote

import pytest

from local.emulator.access import TOKEN_HEADER, Access
from local.emulator.guard import Guard

OWN = ("host", "localhost:4566")
PAGE = "http://localhost:5173"
SIGNED = ("authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/x")
SCOPE = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00&X-Amz-Credential=test"
PRESIGNED = f"{SCOPE}%2F20260101%2Fus-east-1%2Fs3%2Faws4_request"
FOR_CLOUDFORMATION = f"{SCOPE}%2F20260101%2Fus-east-1%2Fcloudformation%2Faws4_request"
VERSION_2 = "AWSAccessKeyId=test&Signature=x&Expires=9999999999"

Message = dict[str, Any]


class Emulator:
    """Replaces the emulator: counts its requests, and answers 200."""

    def __init__(self) -> None:
        self.asked: list[Message] = []
        self.sent: list[Message] = []
        self.received = 0

    async def __call__(self, scope: Message, receive: object, send: Any) -> None:
        del receive
        self.asked.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def play(self, scope: Message, *messages: Message) -> int:
        """Send one scope to a guard; return the response's status, 0 for none."""
        guard = Guard(self, Access(4566, ("localhost",), frozenset({PAGE})), "secret")
        waiting = list(messages or ({"type": "http.request"},))

        async def receive() -> Message:
            self.received += 1
            return waiting.pop(0)

        async def send(message: Message) -> None:
            self.sent.append(message)

        asyncio.run(guard(scope, receive, send))
        return next((one["status"] for one in self.sent if "status" in one), 0)


def scope(
    method: str, target: str, *headers: tuple[str, str], **more: object
) -> Message:
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(k.encode(), v.encode()) for k, v in (OWN, *headers)],
        **more,
    }


def status(method: str, target: str, *headers: tuple[str, str]) -> int:
    return Emulator().play(scope(method, target, *headers))


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("POST", "/", (SIGNED,)),
        ("GET", "/bucket/_ministack/reset", (SIGNED,)),
        ("GET", f"/bucket/key?{PRESIGNED}", ()),
        ("GET", f"/bucket/key?{VERSION_2}", ()),
        ("PUT", f"/bucket/key?{PRESIGNED}", (("origin", PAGE),)),
        ("GET", "/_ministack/health", ()),
        ("HEAD", "/_ministack/health", ()),
        (
            "OPTIONS",
            "/bucket/key",
            (("origin", PAGE), ("access-control-request-method", "PUT")),
        ),
    ],
)
def test_what_is_signed_or_asks_for_cors_or_health_goes_on(
    method: str, target: str, headers: tuple[tuple[str, str], ...]
) -> None:
    assert status(method, target, *headers) == 200


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/"),
        ("GET", "/bucket/key"),
        ("PUT", "/bucket"),
        ("GET", "/?Action=ListStacks"),
        ("POST", "/2015-03-31/functions/f/invocations"),
        ("POST", "/_aws/execute-api/12345678/stage/path"),
        ("GET", "/_aws/lambda-url/abc/"),
        ("GET", "/pool/.well-known/jwks.json"),
        ("POST", "/oauth2/token"),
        ("GET", "/latest/meta-data/iam/security-credentials/"),
        ("GET", "/health"),
        ("POST", "/_ministack/health"),
        ("OPTIONS", "/bucket/key"),
        # Of one algorithm, one service and no action.
        ("GET", "/bucket/key?X-Amz-Signature=0"),
        ("GET", f"/?{FOR_CLOUDFORMATION}"),
        ("GET", f"/?Action=DeleteStack&StackName=parity-python&{PRESIGNED}"),
        ("GET", f"/?%41ction=DeleteStack&StackName=parity-python&{PRESIGNED}"),
        ("GET", f"/?Action&{PRESIGNED}"),
        ("GET", f"/?{PRESIGNED}&X-Amz-Algorithm=none"),
        ("GET", f"/?Action=DeleteStack&StackName=parity-python&{VERSION_2}"),
        ("GET", "/bucket/key?AWSAccessKeyId=test&Signature=x"),
    ],
)
def test_what_is_unsigned_is_denied(method: str, target: str) -> None:
    emulator = Emulator()

    assert emulator.play(scope(method, target)) == 403
    assert (
        b"<Code>AccessDenied</Code><Message>Access Denied" in emulator.sent[1]["body"]
    )
    assert emulator.asked == []


@pytest.mark.parametrize("authorization", ["Basic dGVzdDp0ZXN0", "AWS test:x", ""])
def test_other_authorizations_are_no_signature(authorization: str) -> None:
    assert status("GET", "/", ("authorization", authorization)) == 403


def test_unsigned_json_call_is_answered_as_its_apis_do() -> None:
    emulator = Emulator()
    target = ("x-amz-target", "DynamoDB_20120810.ListTables")

    assert emulator.play(scope("POST", "/", target)) == 400
    error = json.loads(emulator.sent[1]["body"])
    assert error["__type"].endswith("#MissingAuthenticationTokenException")


OWN_PATHS = [
    "/_ministack/reset",
    "/_ministack/config",
    "/_ministack/ready",
    "/_ministack/lambda-code/000000000000/us-east-1/f",
    "/_ministack/rds/iam-auth",
    "/_ministack/eks-auth/x",
    "/_localstack/health",
    "/_localstack/state/reset",
    "/_aws/execute-api/12345678/stage/path",
    "/_aws/lambda-url/abc/",
    "/_alb/name/",
    "/%5Fministack/reset",
    "/_%6Dinistack/reset",
    "//_ministack/reset",
    "/_MiniStack/reset",
    "/_ministack%2Freset",
]


@pytest.mark.parametrize("path", OWN_PATHS)
def test_emulators_own_paths_are_closed_also_to_who_signs(path: str) -> None:
    assert status("POST", path, SIGNED) == 403
    assert status("GET", f"{path}?{PRESIGNED}") == 403


def test_whoever_knows_the_token_of_the_run_may_ask_for_all() -> None:
    path = "/_ministack/lambda-code/000000000000/us-east-1/f"

    assert status("GET", path, (TOKEN_HEADER, "secret")) == 200
    assert status("GET", path, (TOKEN_HEADER, "Secret")) == 403
    assert status("GET", path, (TOKEN_HEADER, "")) == 403
    other = ("host", "127.0.0.1:9")
    assert status("GET", "/bucket", (TOKEN_HEADER, "secret"), other) == 200
    assert status("GET", "/bucket", (TOKEN_HEADER, "Secret"), other) == 421


@pytest.mark.parametrize("target", ["http://localhost:4566/_ministack/reset", "*"])
def test_target_that_is_no_path_is_refused(target: str) -> None:
    assert status("OPTIONS", target, SIGNED) == 400


def test_target_of_any_bytes_is_answered() -> None:
    for byte in range(256):
        assert status("GET", "/" + quote(bytes([byte]))) == 403


def test_only_http_1_is_served() -> None:
    emulator = Emulator()

    assert emulator.play(scope("GET", "/", SIGNED, http_version="2")) == 505
    assert emulator.asked == []


def test_websocket_is_closed_before_it_opens() -> None:
    emulator = Emulator()
    asked = scope("GET", "/", SIGNED, type="websocket")

    emulator.play(asked, {"type": "websocket.connect"})

    assert emulator.sent == [{"type": "websocket.close"}]
    assert emulator.asked == []


def test_start_and_end_of_the_server_go_on() -> None:
    emulator = Emulator()

    emulator.play({"type": "lifespan"})

    assert emulator.asked == [{"type": "lifespan"}]


def test_body_of_a_refused_request_is_read_to_its_end() -> None:
    """Otherwise its sender would get a reset connection instead of the response."""
    emulator = Emulator()
    more = {"type": "http.request", "body": b"x", "more_body": True}

    assert emulator.play(scope("PUT", "/b/k"), more, more, {"type": "http.request"})
    assert emulator.received == 3


def test_refusal_is_xml_whatever_it_says() -> None:
    emulator = Emulator()

    emulator.play(scope("GET", "/", ("origin", "<evil>&")))

    body = emulator.sent[1]["body"].decode()
    assert "CORS_ORIGINS=&lt;origin&gt;" in body
    assert "evil" not in body
