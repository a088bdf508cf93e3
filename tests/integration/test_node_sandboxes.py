"""Node sandboxes: the bootstrap behaves like AWS's nodejs runtime."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.functions import Running, node_function_in, running

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    function = node_function_in(tmp_path_factory.mktemp("function"))
    with running(function, tmp_path_factory.mktemp("logs")) as state:
        yield state


def started_with(folder: Path, logs: Path, source: str) -> dict[str, Any]:
    """Save a source, and return the response to the next request."""
    function = node_function_in(folder)
    with running(function, logs) as service:
        node_function_in(folder, source)
        return service.invoke()


def own_lines(outcome: dict[str, Any]) -> list[str]:
    """Return what the function wrote, without Lambda's frame."""
    lines: list[str] = outcome["log"].split("\n")
    return lines[1:-3]


def error_line(outcome: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return title and fields of the only error that the runtime logged."""
    (line,) = own_lines(outcome)
    match = re.fullmatch(rf"{TIME}\t[\w-]+\tERROR\t([\w ]+) \t(.*)", line)
    assert match, line
    return match[1], json.loads(match[2])


# ---- the environment of a function  ---------------------------------------------


@pytest.mark.parametrize("major", ["22", "24"])
def test_runs_on_the_node_that_its_runtime_names(tmp_path: Path, major: str) -> None:
    function = node_function_in(tmp_path, runtime=f"nodejs{major}.x")
    with running(function, tmp_path / "logs") as service:
        assert service.invoke(do="version")["payload"].startswith(f"v{major}.")


def test_environment_is_lambdas_and_nothing_of_the_developers(
    service: Running,
) -> None:
    environment = service.invoke(do="environment")["payload"]

    assert "/[7]" in environment.pop("AWS_LAMBDA_LOG_STREAM_NAME")
    assert environment.pop("DEVELOPER_TRACE_FD").isdecimal()
    assert environment.pop("AWS_LAMBDA_RUNTIME_API").startswith("127.0.0.1:")
    assert environment.pop("_X_AMZN_TRACE_ID").startswith("Root=1-")
    assert environment == {
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_NAME": "users",
        "AWS_LAMBDA_FUNCTION_VERSION": "7",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/users",
        "AWS_REGION": "us-east-1",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "LAMBDA_TASK_ROOT": str(service.function.package),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TZ": ":UTC",
        "USERS_TABLE": "table",
        "_HANDLER": "module.handler",
    }


def test_context_is_the_invocations(service: Running) -> None:
    outcome = service.invoke(do="context")

    context = outcome["payload"]
    assert f"START RequestId: {context.pop('awsRequestId')} V" in outcome["log"]
    assert 0 < context.pop("left") <= 1_000
    assert "/[7]" in context.pop("logStreamName")
    assert context == {
        "callbackWaitsForEmptyEventLoop": True,
        "clientContext": {"custom": {"a": "b"}},
        "functionName": "users",
        "functionVersion": "7",
        "invokedFunctionArn": service.function.alias,
        "logGroupName": "/aws/lambda/users",
        "memoryLimitInMB": "512",
    }


def test_sandbox_is_reused(service: Running) -> None:
    assert service.invoke()["payload"] == service.invoke()["payload"]


def test_function_that_returns_nothing_answers_null(service: Running) -> None:
    outcome = service.invoke(do="nothing")
    assert (outcome["error"], outcome["payload"]) == (None, None)


# ---- what it writes -----------------------------------------------------------------


def test_console_is_decorated_so_that_a_stray_line_shows(service: Running) -> None:
    outcome = service.invoke(do="console")

    request_id = outcome["log"].split(" ")[2]
    lines = own_lines(outcome)
    levels = ["TRACE", "DEBUG", "INFO", "INFO", "WARN", "ERROR"]
    words = ["trace", "debug", "info", "log", "warn", "error"]
    for line, level, word in zip(lines, levels, words, strict=True):
        said = rf"{word} says\rhello {{ a: 1 }}"
        wanted = rf"{TIME}\t{request_id}\t{level}\t{re.escape(said)}"
        assert re.fullmatch(wanted, line.replace("\r", r"\r")), line


@pytest.mark.parametrize("size", [0, 4_000, 65_536, 1_000_000])
def test_log_written_before_the_answer_is_in_the_tail(
    service: Running, size: int
) -> None:
    log = service.invoke(do="write", size=size)["log"]

    assert "the end\nEND RequestId: " in log
    assert log.endswith("\t\n")


# ---- what goes wrong in an invocation -----------------------------------------------


def test_error_is_answered_and_logged_with_what_it_has(service: Running) -> None:
    outcome = service.invoke(do="throw")

    assert outcome["error"] == "Unhandled"
    assert outcome["payload"]["errorType"] == "TypeError"
    assert outcome["payload"]["errorMessage"] == "boom"
    assert outcome["payload"]["trace"][0] == "TypeError: boom"
    title, told = error_line(outcome)
    assert title == "Invoke Error"
    assert (told["errorType"], told["code"]) == ("TypeError", "E_BOOM")
    assert told["stack"] == outcome["payload"]["trace"]


def test_what_is_thrown_and_is_no_error_becomes_one(service: Running) -> None:
    outcome = service.invoke(do="throw-text")
    assert outcome["payload"]["errorType"] == "Error"
    assert outcome["payload"]["errorMessage"] == "just text"


def test_error_that_holds_itself_is_told_too(service: Running) -> None:
    outcome = service.invoke(do="throw-circular")
    assert outcome["payload"]["errorMessage"] == "around"
    assert error_line(outcome)[1]["errorMessage"] == "around"


def test_result_that_is_no_json_is_an_error(service: Running) -> None:
    outcome = service.invoke(do="bigint")
    assert outcome["error"] == "Unhandled"
    assert "BigInt" in outcome["payload"]["errorMessage"]


def test_after_an_error_the_sandbox_goes_on(service: Running) -> None:
    before = service.invoke()["payload"]
    service.invoke(do="throw")
    assert service.invoke()["payload"] == before


@pytest.mark.parametrize(
    ("do", "title", "kind", "message"),
    [
        (
            "reject-unseen",
            "Unhandled Promise Rejection",
            "Runtime.UnhandledPromiseRejection",
            "RangeError: unseen",
        ),
        ("throw-later", "Uncaught Exception", "RangeError", "later"),
    ],
)
def test_error_that_nothing_caught_ends_invocation_and_sandbox(
    service: Running, do: str, title: str, kind: str, message: str
) -> None:
    before = service.invoke()["payload"]

    outcome = service.invoke(do=do)

    assert outcome["error"] == "Unhandled"
    assert outcome["payload"]["errorType"] == kind
    assert outcome["payload"]["errorMessage"] == message
    assert error_line(outcome)[0] == title
    assert service.invoke()["payload"] != before


def test_promise_that_nothing_will_keep_ends_the_sandbox(service: Running) -> None:
    outcome = service.invoke(do="never")
    assert outcome["payload"]["errorType"] == "Runtime.ExitError"
    assert "exit status 0" in outcome["payload"]["errorMessage"]


def test_overrun_is_killed_and_answered_as_lambda_does(service: Running) -> None:
    outcome = service.invoke(do="sleep")
    assert outcome["payload"]["errorType"] == "Sandbox.Timedout"
    assert service.invoke()["error"] is None


# ---- what cannot start --------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("exports.handler = async (", "Runtime.UserCodeSyntaxError", "SyntaxError: "),
        ("require('nothing-like-it')", "Runtime.ImportModuleError", "nothing-like-it"),
        ("exports.other = 1", "Runtime.HandlerNotFound", "module.handler is undefined"),
        ("exports.handler = 1", "Runtime.HandlerNotFound", "module.handler is undef"),
        ("throw new RangeError('no')", "RangeError", "no"),
        (
            "exports.handler = (event, context, callback) => callback()",
            "Runtime.CallbackHandlerDeprecated",
            "return a promise",
        ),
        (
            "Promise.reject(new Error('early')); exports.handler = async () => 1",
            "Runtime.UnhandledPromiseRejection",
            "early",
        ),
    ],
)
def test_function_that_cannot_start_says_why(
    tmp_path: Path, source: str, kind: str, message: str
) -> None:
    folder = tmp_path / "function"
    folder.mkdir()

    outcome = started_with(folder, tmp_path / "logs", source)

    assert outcome["error"] == "Unhandled"
    assert outcome["payload"]["errorType"] == kind
    assert message in outcome["payload"]["errorMessage"]
    line = next(line for line in own_lines(outcome) if "\tERROR\t" in line)
    assert line.split("\t")[1] == "undefined"
    assert kind in line


def test_handler_may_be_an_ecmascript_module(tmp_path: Path) -> None:
    function = node_function_in(tmp_path)
    (tmp_path / "module.js").rename(tmp_path / "kept")
    (tmp_path / "module.mjs").write_text(
        "const value = await Promise.resolve('module');\n"
        "export const handler = async () => value;\n"
    )
    with running(function, tmp_path / "logs") as service:
        assert service.invoke()["payload"] == "module"
