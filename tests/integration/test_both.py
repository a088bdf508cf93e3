"""Both implementations at once: each has its own stack, on the same data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.integration.stacks import Stack

NAMES = ("python", "typescript")


def url_of(stack: Stack, name: str) -> str:
    return stack.url if name == "python" else stack.typescript_url


def outputs_of(stack: Stack, name: str) -> dict[str, str]:
    described = stack.cloudformation.describe_stacks(StackName=f"parity-{name}")
    outputs = described["Stacks"][0]["Outputs"]
    return {one["OutputKey"]: one["OutputValue"] for one in outputs}


def lines_of(stack: Stack, name: str, request_id: str) -> list[dict[str, Any]]:
    """Return the log events of the users function with a request's id."""
    answer: dict[str, list[dict[str, Any]]] = stack.log_events.filter_log_events(
        logGroupName=f"/aws/lambda/parity-{name}-users",
        filterPattern=f'"{request_id}"',
    )
    return answer["events"]


@pytest.mark.parametrize("name", NAMES)
def test_each_answers_with_its_own_name(stack: Stack, name: str) -> None:
    answer = requests.get(f"{url_of(stack, name)}/health", timeout=40)
    assert answer.json()["implementation"] == name


@pytest.mark.parametrize(("writer", "reader"), [NAMES, NAMES[::-1]])
def test_user_that_one_creates_the_other_reads_and_deletes(
    stack: Stack, writer: str, reader: str
) -> None:
    body = {"email": f"{uuid4()}@example.com", "name": "Ada"}
    created = requests.post(f"{url_of(stack, writer)}/users", json=body, timeout=40)
    path = created.headers["location"]

    read = requests.get(url_of(stack, reader) + path, timeout=40)
    assert read.json() == created.json()
    assert read.headers["etag"] == created.headers["etag"]

    deleted = requests.delete(url_of(stack, reader) + path, timeout=40)
    assert deleted.status_code == 204
    gone = requests.get(url_of(stack, writer) + path, timeout=40)
    assert gone.status_code == 404


def test_stacks_share_the_data_and_nothing_else(stack: Stack) -> None:
    ours, theirs = (outputs_of(stack, name) for name in NAMES)

    for shared in ("UsersTable", "AssetsTable", "AssetsBucket", "ListShards"):
        assert ours[shared] == theirs[shared]
    for own in ("UsersFunction", "AssetsFunctionAlias", "ApiUrl", "Implementation"):
        assert ours[own] != theirs[own]
    roles = {
        stack.role_of(outputs[name])
        for outputs in (ours, theirs)
        for name in ("UsersFunction", "AssetsFunction")
    }
    assert len(roles) == 4


@pytest.mark.parametrize("name", NAMES)
def test_line_of_a_request_is_there_when_its_answer_is(stack: Stack, name: str) -> None:
    for _ in range(20):
        answer = requests.get(f"{url_of(stack, name)}/health", timeout=40)

        (event,) = lines_of(stack, name, answer.headers["x-request-id"])

        assert f'"implementation":"{name}"' in event["message"]
        assert '"operation":"getHealth"' in event["message"]


def test_line_of_a_request_stands_in_the_log_of_one_alone(stack: Stack) -> None:
    answer = requests.get(f"{stack.typescript_url}/health", timeout=40)
    assert lines_of(stack, "python", answer.headers["x-request-id"]) == []


def test_printed_line_of_a_request_names_the_implementation(stack: Stack) -> None:
    since = len(stack.lines)
    requests.get(f"{stack.typescript_url}/health", timeout=40)
    assert "typescript 200 GET /health  " in stack.wait_for("GET /health", since)


def test_saved_typescript_runs_on_the_next_request_and_a_broken_file_is_told(
    start: Callable[[], Stack], checkout: Path
) -> None:
    stack = start().ready()
    source = checkout / "handlers" / "typescript" / "health" / "get-health.ts"
    sound = source.read_text(encoding="utf-8")
    url = f"{stack.typescript_url}/health"
    try:
        said = 'process.stdout.write("saved once\\n");'
        source.write_text(f"{sound}\n{said}\n", encoding="utf-8")
        assert requests.get(url, timeout=40).ok
        assert stack.wait_for("reloaded")
        events = stack.log_events.filter_log_events(
            logGroupName="/aws/lambda/parity-typescript-users",
            filterPattern='"saved once"',
        )["events"]
        assert len(events) == 1

        since = len(stack.lines)
        source.write_text(sound + "\nfunction broken( {\n", encoding="utf-8")
        assert requests.get(f"{stack.url}/health", timeout=40).ok
        broken = requests.get(url, timeout=40)
        assert broken.status_code == 500
        assert broken.json() == {"message": "Internal Server Error"}
        told = stack.wait_for("Runtime.UserCodeSyntaxError", since)
        assert "handlers/typescript/health/get-health.ts:" in told
    finally:
        source.write_text(sound, encoding="utf-8")
    assert requests.get(url, timeout=40).ok


def test_saved_schema_is_what_typescript_holds_the_next_request_to(
    start: Callable[[], Stack], checkout: Path
) -> None:
    stack = start().ready()
    schema = checkout / "contract" / "schemas" / "user.json"
    sound = schema.read_text(encoding="utf-8")
    body = {"email": f"{uuid4()}@example.com", "name": "A" * 7}
    try:
        assert '"maxLength": 100' in sound
        schema.write_text(sound.replace('"maxLength": 100', '"maxLength": 6'), "utf-8")
        answer = requests.post(f"{stack.typescript_url}/users", json=body, timeout=40)
    finally:
        schema.write_text(sound, encoding="utf-8")

    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"pointer": "/name", "code": "maxLength"}]
