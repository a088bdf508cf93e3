"""The local stack as a whole: what it opens, prints, reloads, and leaves behind."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from botocore.exceptions import ClientError

from tests.integration.stacks import alive, eventually, free, free_ports, gone

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.stacks import Stack

    Start = Callable[..., Stack]

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

# A handler that says it has begun, and then takes its time.
SLEEPER = """
import pathlib, time
def handler(event, context):
    pathlib.Path('{begun}').touch()
    time.sleep(25)
"""


def listening(pids: set[int]) -> set[tuple[str, int]]:
    """Return address and port of every TCP socket that these processes listen on."""
    inodes = set()
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            target = str(handle.readlink())
            if target.startswith("socket:"):
                inodes.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                address, port = fields[1].split(":")
                found.add((address, int(port, 16)))
    return found


# ---- what stands --------------------------------------------------------------------


def test_everything_listens_on_loopback_only(stack: Stack) -> None:
    pids = {stack.process.pid, *stack.descendants()}

    sockets = listening(pids)

    assert {address for address, _ in sockets} == {"0100007F"}
    ports = {port for _, port in sockets}
    assert {stack.port, stack.cloud_port, stack.cloud_port + 1} <= ports


def test_start_tells_its_steps_what_was_left_out_and_the_urls(stack: Stack) -> None:
    printed = "\n".join(stack.lines[: stack.lines.index("ready")])

    for word in ("local cloud", "build", "deploy", "left out", "applied afterwards"):
        assert word in printed
    for url in (stack.url, f"{stack.url}/docs", stack.endpoint, stack.lambda_endpoint):
        assert url in printed


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


def test_preflight_is_answered_by_the_gateway(stack: Stack) -> None:
    asked = {"origin": "https://a.example", "access-control-request-method": "PATCH"}

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


# ---- starting and ending ------------------------------------------------------------


@pytest.mark.parametrize("taken", ["PORT", "CLOUD_PORT", "the port after it"])
def test_port_in_use_is_one_line_and_exit_code_1(start: Start, taken: str) -> None:
    port, cloud_port = free_ports()
    used = {"PORT": port, "CLOUD_PORT": cloud_port}.get(taken, cloud_port + 1)
    with socket.create_server(("127.0.0.1", used)):
        refused = start((port, cloud_port))

        assert refused.exit_code() == 1
    (line,) = filter(None, refused.lines)
    assert line.startswith(f"start: port {used} is in use; choose another with ")
    assert "PORT" in line


def test_saved_file_runs_on_the_next_request_and_a_broken_one_is_told(
    start: Start, checkout: Path
) -> None:
    stack = start().ready()
    source = checkout / "handlers" / "python" / "users_handler.py"
    sound = source.read_text(encoding="utf-8")
    try:
        source.write_text(sound + "\nprint('saved once')\n", encoding="utf-8")
        assert requests.get(f"{stack.url}/health", timeout=40).ok
        assert stack.wait_for("reloaded")

        since = len(stack.lines)
        source.write_text(sound + "\ndef broken(:\n", encoding="utf-8")
        broken = requests.get(f"{stack.url}/health", timeout=40)
        assert (broken.status_code, broken.json()) == (
            500,
            {"message": "Internal Server Error"},
        )
        assert stack.wait_for("Runtime.UserCodeSyntaxError", since)
    finally:
        source.write_text(sound, encoding="utf-8")
    assert requests.get(f"{stack.url}/health", timeout=40).ok


def test_sigterm_ends_everything_also_with_a_request_in_flight(
    start: Start, checkout: Path
) -> None:
    source = checkout / "handlers" / "python" / "users_handler.py"
    sound = source.read_text(encoding="utf-8")
    begun = checkout / "begun"
    stack = start().ready()
    try:
        source.write_text(sound + SLEEPER.format(begun=begun), encoding="utf-8")
        with socket.create_connection(("127.0.0.1", stack.port)) as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            assert eventually(begun.exists)
            pids = list(stack.descendants())

            seconds = stack.end(signal.SIGTERM)
    finally:
        source.write_text(sound, encoding="utf-8")

    assert seconds < 5
    assert stack.process.returncode == 0
    assert len(pids) >= 2
    assert not any(alive(pid) for pid in pids)
    assert all(map(free, (stack.port, stack.cloud_port, stack.cloud_port + 1)))


def test_sigint_while_starting_ends_everything(start: Start) -> None:
    stack = start()
    stack.wait_for("local cloud")

    seconds = stack.end(signal.SIGINT)

    assert seconds < 5
    assert stack.process.returncode == 0
    assert free(stack.cloud_port)


def test_crash_of_the_cloud_is_told_and_ends_the_rest(start: Start) -> None:
    stack = start().ready()
    pids = stack.descendants()
    (cloud,) = [pid for pid, command in pids.items() if "ministack" in command]

    os.kill(cloud, signal.SIGKILL)

    assert stack.exit_code(10) == 1
    (line,) = [line for line in stack.lines if line.startswith("start: ")]
    assert "the AWS endpoint ended by itself" in line
    assert gone(list(pids))


def test_children_die_with_a_killed_parent(start: Start) -> None:
    stack = start().ready()
    pids = list(stack.descendants())

    stack.process.kill()
    stack.process.wait()

    assert len(pids) >= 3
    assert gone(pids)
