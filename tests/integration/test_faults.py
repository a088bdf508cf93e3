"""The developer sees the message and traceback of a fault; no log has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.integration.stacks import Stack

USER = "/users/01ARZ3NDEKTSV4RRFFQ69G5FAV"
# Each adds a fault with a message to getHealth, after a control sequence.
PYTHON = ("return Health(", 'raise KeyError("quoted\\x1b[31m") or Health(')
TYPESCRIPT = ("return {", 'throw new TypeError("quoted\\x1b[31m");\n  return {')


@dataclass(frozen=True)
class Edited:
    """A running stack, and the two sources of getHealth in its checkout."""

    stack: Stack
    python: Path
    typescript: Path


@pytest.fixture(scope="module")
def edited(checkout: Path) -> Iterator[Edited]:
    stack = Stack(checkout)
    handlers = checkout / "handlers"
    try:
        yield Edited(
            stack.ready(),
            handlers / "python" / "health" / "get_health.py",
            handlers / "typescript" / "health" / "get-health.ts",
        )
    finally:
        stack.close()


def printed_after(stack: Stack, url: str, last: str) -> list[str]:
    """Send a request; return its output, until a line with `last`."""
    since = len(stack.lines)
    assert requests.get(url, timeout=40).status_code == 500
    stack.wait_for(last, since)
    return stack.lines[since:]


def logs(stack: Stack) -> str:
    return "".join(one.read_text("utf-8") for one in stack.logs.glob("*.log"))


def traces(stack: Stack, name: str) -> str:
    return (stack.logs / f"parity-{name}-users.faults.txt").read_text("utf-8")


def test_python_fault_is_printed_with_message_and_source_lines(edited: Edited) -> None:
    sound = edited.python.read_text("utf-8")
    edited.python.write_text(sound.replace(*PYTHON), "utf-8")
    try:
        url = f"{edited.stack.url}/health"
        lines = printed_after(edited.stack, url, "| KeyError: ")
    finally:
        edited.python.write_text(sound, "utf-8")

    assert r"         | KeyError: 'quoted\x1b[31m'" in lines
    assert any(
        '  File "handlers/python/health/get_health.py", line ' in x for x in lines
    )
    assert not any("\x1b" in line for line in lines)
    assert '"fault":"KeyError"' in logs(edited.stack)
    assert "quoted" not in logs(edited.stack)
    assert r"KeyError: 'quoted\x1b[31m'" in traces(edited.stack, "python")


def test_typescript_fault_is_printed_with_message_and_source_lines(
    edited: Edited,
) -> None:
    sound = edited.typescript.read_text("utf-8")
    edited.typescript.write_text(sound.replace(*TYPESCRIPT), "utf-8")
    try:
        url = f"{edited.stack.typescript_url}/health"
        lines = printed_after(edited.stack, url, "at getHealth (")
    finally:
        edited.typescript.write_text(sound, "utf-8")

    assert r"         | TypeError: quoted\x1b[31m" in lines
    place = "    at getHealth (handlers/typescript/health/get-health.ts:"
    assert any(place in line for line in lines)
    assert '"fault":"TypeError"' in logs(edited.stack)
    assert "quoted" not in logs(edited.stack)
    assert "TypeError: quoted" in traces(edited.stack, "typescript")


def test_failed_import_of_python_names_its_place(edited: Edited) -> None:
    sound = edited.python.read_text("utf-8")
    edited.python.write_text(f"import no_such_module\n{sound}", "utf-8")
    try:
        url = f"{edited.stack.url}/health"
        lines = printed_after(edited.stack, url, "| ModuleNotFoundError")
    finally:
        edited.python.write_text(sound, "utf-8")

    place = '         |   File "handlers/python/health/get_health.py", line 1'
    assert any(line.startswith(place) for line in lines)


def test_refusal_by_aws_is_printed_with_what_aws_said(edited: Edited) -> None:
    """From the deployed package: no source was changed before this request."""
    stack = edited.stack
    table = stack.outputs["UsersTable"]
    stack.dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    stack.dynamodb.delete_table(TableName=table)

    python = printed_after(stack, stack.url + USER, "errors.AwsFault: ResourceNotFound")
    typescript = printed_after(stack, stack.typescript_url + USER, "[cause]")

    said = "An error occurred (ResourceNotFoundException) when calling the GetItem"
    assert any(said in line for line in python)
    assert any("ResourceNotFoundException: Requested " in line for line in typescript)
    assert any("at async DynamoUserStore.find (handlers/" in x for x in typescript)


def test_fault_of_a_direct_invocation_is_printed(edited: Edited) -> None:
    """For Lambda this is not an error: the function answered."""
    since = len(edited.stack.lines)

    edited.stack.functions.invoke(
        FunctionName="parity-python-users",
        Payload=b'{"routeKey":"GET /users/{userId}","requestContext":{"http":{}},'
        b'"pathParameters":{"userId":"01ARZ3NDEKTSV4RRFFQ69G5FAV"},"headers":{}}',
    )

    assert edited.stack.wait_for("lambda invoke UsersFunction ok", since)
    assert edited.stack.wait_for("shared.errors.AwsFault: ResourceNotFound", since)
