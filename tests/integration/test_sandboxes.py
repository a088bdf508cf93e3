"""The local Lambda service with AWS's own runtime client and a test function."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from local.lambda_ import pool
from local.lambda_ import service as lambda_service
from local.lambda_.pool import MAX_SANDBOXES, LaunchError
from local.lambda_.service import SandboxError
from local.model import Credentials, Function
from tests.integration.functions import (
    Running,
    function_in,
    in_hours,
    running,
    service_of,
)
from tests.integration.stacks import alive, descendants, eventually


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    function = function_in(tmp_path_factory.mktemp("function"))
    with running(function, tmp_path_factory.mktemp("logs")) as state:
        yield state


def test_environment_is_lambdas_and_nothing_of_the_developers(
    service: Running,
) -> None:
    environment = service.invoke(do="environment")["payload"]

    stream = environment.pop("AWS_LAMBDA_LOG_STREAM_NAME")
    assert "/[7]" in stream
    assert environment.pop("DEVELOPER_TRACE_FD").isdecimal()
    assert environment.pop("AWS_LAMBDA_RUNTIME_API").startswith("127.0.0.1:")
    assert environment.pop("_X_AMZN_TRACE_ID").startswith("Root=1-")
    environment.pop("LC_CTYPE", None)  # Python's own, see PEP 538
    package = str(service.function.package)
    assert environment == {
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
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
        "LAMBDA_TASK_ROOT": package,
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": package,
        "TZ": ":UTC",
        "USERS_TABLE": "table",
        "_HANDLER": "module.handler",
    }


def test_context_is_the_invocations(service: Running) -> None:
    outcome = service.invoke(do="context")

    context = outcome["payload"]
    assert context["arn"] == service.function.alias
    assert 0 < context["left"] <= 1_000
    assert context["custom"] == {"a": "b"}
    assert f"START RequestId: {context['request_id']} Version: 7\n" in outcome["log"]
    assert outcome["version"] == "7"


@pytest.mark.parametrize(
    "name",
    [
        "users",
        "users:live",
        "users:7",
        "users:$LATEST",
        "000000000000:function:users",
        "arn:aws:lambda:us-east-1:000000000000:function:users",
        "arn:aws:lambda:us-east-1:000000000000:function:users:live",
    ],
)
def test_function_answers_to_each_form_of_its_name(service: Running, name: str) -> None:
    assert service.invoke(name)["error"] is None


def test_sandbox_is_reused(service: Running) -> None:
    assert service.invoke()["payload"] == service.invoke()["payload"]


def test_log_written_before_the_answer_is_in_the_tail(service: Running) -> None:
    for size in (0, 4_000, 65_536, 1_000_000):
        log = service.invoke(do="print", size=size)["log"]

        assert "the end\nEND RequestId: " in log
        assert log.endswith("\t\n")
        assert len(log) == min(4_096, len(log))


def test_log_of_one_invocation_is_not_in_the_next(service: Running) -> None:
    service.invoke(do="print", size=3)

    log = service.invoke()["log"]

    assert [line.split(" ")[0] for line in log.splitlines()] == [
        "START",
        "END",
        "REPORT",
    ]


def test_exception_is_an_unhandled_error(service: Running) -> None:
    outcome = service.invoke(do="raise")

    assert outcome["error"] == "Unhandled"
    assert outcome["payload"]["errorType"] == "ValueError"
    assert outcome["payload"]["errorMessage"] == "boom"
    assert "[ERROR] ValueError: boom" in outcome["log"]


def test_overrun_is_killed_and_answered_as_lambda_does(service: Running) -> None:
    before = service.invoke()["payload"]

    outcome = service.invoke(do="sleep", seconds=30)

    assert outcome["error"] == "Unhandled"
    assert outcome["payload"]["errorType"] == "Sandbox.Timedout"
    text = "Task timed out after 1.00 seconds"
    assert outcome["payload"]["errorMessage"].endswith(f" Error: {text}")
    assert f"{text}\n" in outcome["log"]
    assert "asleep\n" in outcome["log"]
    assert "\tStatus: timeout\t\n" in outcome["log"]
    assert service.invoke()["payload"] != before


def test_exit_is_answered_as_lambda_does(service: Running) -> None:
    outcome = service.invoke(do="exit")

    assert outcome["error"] == "Unhandled"
    assert outcome["payload"]["errorType"] == "Runtime.ExitError"
    assert "Runtime exited with error: exit status 3" in outcome["log"]
    assert service.invoke()["error"] is None


def test_result_over_the_limit_is_an_error_and_the_next_works(service: Running) -> None:
    outcome = service.invoke(do="big")

    assert outcome["payload"]["errorType"] == "Function.ResponseSizeTooLarge"
    assert service.invoke()["error"] is None


def test_request_over_the_limit_is_refused(service: Running) -> None:
    with pytest.raises(service.client.exceptions.RequestTooLargeException):
        service.invoke(do="x" * 6_300_000)


def test_invocations_side_by_side_each_have_a_sandbox(tmp_path: Path) -> None:
    """Each waits until all have begun, so one sandbox alone would wait forever."""
    patient = replace(function_in(tmp_path), timeout_seconds=60)
    place = tmp_path / "place"
    place.mkdir()

    with (
        running(patient, tmp_path / "logs") as service,
        ThreadPoolExecutor(MAX_SANDBOXES) as clients,
    ):

        def meet(_: int) -> dict[str, Any]:
            return service.invoke(do="meet", place=str(place), number=MAX_SANDBOXES)

        outcomes = list(clients.map(meet, range(MAX_SANDBOXES)))

    assert [outcome["error"] for outcome in outcomes] == [None] * MAX_SANDBOXES
    assert len({outcome["payload"] for outcome in outcomes}) == MAX_SANDBOXES


def test_more_invocations_than_sandboxes_wait_their_turn(service: Running) -> None:
    with ThreadPoolExecutor(16) as clients:
        outcomes = list(clients.map(lambda _: service.invoke(), range(100)))

    assert {outcome["error"] for outcome in outcomes} == {None}
    assert len({outcome["payload"] for outcome in outcomes}) <= MAX_SANDBOXES


def test_what_comes_beside_as_many_as_can_wait_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each invocation stays in its sandbox until another is refused."""
    monkeypatch.setattr(pool, "MAX_INVOCATIONS", MAX_SANDBOXES + 2)
    patient = replace(function_in(tmp_path), timeout_seconds=60)
    place = tmp_path / "place"
    place.mkdir()
    number = MAX_SANDBOXES + 1

    with (
        running(patient, tmp_path / "logs") as service,
        ThreadPoolExecutor(MAX_SANDBOXES + 3) as clients,
    ):
        asked = [
            clients.submit(service.invoke, do="meet", place=str(place), number=number)
            for _ in range(MAX_SANDBOXES + 3)
        ]
        done, waiting = wait(asked, return_when=FIRST_COMPLETED)
        (place / "somebody was refused").touch()
        (refused,) = done
        with pytest.raises(service.client.exceptions.TooManyRequestsException):
            refused.result()
        outcomes = [one.result() for one in waiting]

    assert [outcome["error"] for outcome in outcomes] == [None] * (MAX_SANDBOXES + 2)


def test_killed_sandbox_is_replaced(service: Running) -> None:
    victim = service.invoke()["payload"]
    os.kill(victim, 9)
    assert eventually(lambda: not Path(f"/proc/{victim}").exists())

    outcome = service.invoke()

    assert outcome["error"] is None
    assert outcome["payload"] != victim


def test_saved_source_runs_at_once_and_a_broken_one_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "function"
    folder.mkdir()
    with running(function_in(folder), tmp_path / "logs") as service:
        assert isinstance(service.invoke()["payload"], int)

        function_in(folder, "def handler(event, context):\n    return 'new'\n")
        assert service.invoke()["payload"] == "new"

        function_in(folder, "def handler(:\n")
        broken = service.invoke()
        assert broken["error"] == "Unhandled"
        assert broken["payload"]["errorType"] == "Runtime.UserCodeSyntaxError"
        assert "[ERROR] Runtime.UserCodeSyntaxError" in broken["log"]

        function_in(folder)
        assert service.invoke()["error"] is None


def test_function_that_cannot_start_is_an_error_of_the_start(tmp_path: Path) -> None:
    function = function_in(tmp_path, "import nothing_like_this\n")
    state = Running(function, boto3.client("lambda", region_name="us-east-1"))

    async def start() -> None:
        service = service_of(function, tmp_path / "logs", state)
        try:
            await service.start()
        finally:
            await service.close()

    with pytest.raises(SandboxError, match="No module named 'nothing_like_this'"):
        asyncio.run(start())
    place = f'         |   File "{tmp_path}/module.py", line 1, in <module>'
    assert place in state.notices


def works_in(folder: Path, pid: int) -> bool:
    with suppress(FileNotFoundError):  # it has ended
        return Path(f"/proc/{pid}/cwd").readlink() == folder
    return False


def test_one_client_after_the_other_needs_one_sandbox(tmp_path: Path) -> None:
    """Also for a client that is faster than the runtime asks for more work."""
    folder = tmp_path / "function"
    folder.mkdir()
    with running(function_in(folder), tmp_path / "logs") as service:
        pids = {service.invoke()["payload"] for _ in range(300)}
        sandboxes = [pid for pid in descendants(os.getpid()) if works_in(folder, pid)]

    assert list(pids) == sandboxes


def test_idle_sandboxes_are_ended_but_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lambda_service, "TEND_SECONDS", 0.02)
    monkeypatch.setattr(pool, "IDLE_SECONDS", 0.1)
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    with running(function_in(tmp_path), tmp_path / "logs") as service:

        def meet(_: int) -> dict[str, Any]:
            return service.invoke(do="meet", place=str(meeting), number=3)

        with ThreadPoolExecutor(3) as clients:
            outcomes = list(clients.map(meet, range(3)))
        pids = [outcome["payload"] for outcome in outcomes]

        assert eventually(lambda: sum(map(alive, pids)) == 1)
        assert alive(service.invoke()["payload"])


def test_credentials_are_renewed_before_they_expire(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lambda_service, "TEND_SECONDS", 0.02)
    given = iter(
        [
            Credentials("OLD", "s", "t", in_hours(1)),
            Credentials("NEW", "s", "t", in_hours(12)),
        ]
    )
    function = function_in(tmp_path)

    with running(function, tmp_path / "logs", lambda _: next(given)) as service:
        assert eventually(lambda: key_of(service) == "NEW")


def key_of(service: Running) -> object:
    return service.invoke(do="environment")["payload"]["AWS_ACCESS_KEY_ID"]


def test_renewal_that_fails_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lambda_service, "TEND_SECONDS", 0.02)
    asked = 0

    def fetch(_: Function) -> Credentials:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise RuntimeError("nobody answers")
        return Credentials(f"KEY {asked}", "s", "t", in_hours(1 if asked < 3 else 12))

    with running(function_in(tmp_path), tmp_path / "logs", fetch) as service:
        assert eventually(lambda: key_of(service) == "KEY 3")
        (told,) = service.crashes
        service.crashes.clear()

    assert str(told) == (
        "no new credentials for UsersFunction: nobody answers;"
        " it keeps the old ones until a retry succeeds"
    )


@pytest.fixture
def unstartable(tmp_path: Path) -> str:
    """A PATH whose `setpriv`, which starts every sandbox, needs a missing program."""
    program = tmp_path / "bin" / "setpriv"
    program.parent.mkdir()
    program.write_text("#!/nobody/has/this\n", encoding="utf-8")
    program.chmod(0o755)
    return str(program.parent)


def test_sandbox_that_cannot_be_started_is_lambdas_500_and_the_gateways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unstartable: str
) -> None:
    with running(function_in(tmp_path), tmp_path / "logs") as service:
        service.invoke(do="exit")
        monkeypatch.setenv("PATH", unstartable)
        with pytest.raises(ClientError) as refused:
            service.invoke(do="exit")
        answer = requests.get(f"{service.url}/exit", timeout=40)
        monkeypatch.undo()
        told = {str(error) for error in service.crashes}
        service.crashes.clear()
        assert service.invoke()["error"] is None

    assert refused.value.response["Error"]["Code"] == "ServiceException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert (answer.status_code, answer.json()) == (
        500,
        {"message": "Internal Server Error"},
    )
    (line,) = told
    assert line.startswith("cannot start a sandbox of users: [Errno 2] ")


def test_event_whose_sandbox_cannot_be_started_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unstartable: str
) -> None:
    with running(function_in(tmp_path), tmp_path / "logs") as service:
        service.invoke(do="exit")
        monkeypatch.setenv("PATH", unstartable)
        service.client.invoke(FunctionName="users", InvocationType="Event")
        assert eventually(lambda: bool(service.crashes))
        (told,) = map(str, service.crashes)
        service.crashes.clear()

    assert told.startswith("cannot start a sandbox of users: [Errno 2] ")


def test_failed_start_leaves_no_file_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unstartable: str
) -> None:
    monkeypatch.setenv("PATH", unstartable)
    function = function_in(tmp_path)
    state = Running(function, boto3.client("lambda", region_name="us-east-1"))

    def files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    async def start() -> None:
        service = service_of(function, tmp_path / "logs", state)
        before = files()
        with pytest.raises(LaunchError):
            await service.start()
        assert files() == before
        await service.close()

    asyncio.run(start())


def test_clients_context_of_several_lines_reaches_the_function(
    service: Running,
) -> None:
    context = base64.b64encode(b'{"custom":\r\n{"a": "b"}}\n').decode()

    answer = service.client.invoke(
        FunctionName="users", Payload=b'{"do": "context"}', ClientContext=context
    )

    assert json.loads(answer["Payload"].read())["custom"] == {"a": "b"}
