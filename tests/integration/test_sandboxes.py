"""The local Lambda service with AWS's own runtime client and a function made here."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from local import invoke_api
from local.deploy import Cors, Credentials, Deployment, Function
from local.http_server import Server, Service, listen
from local.invoke_api import InvokeApi
from local.lambda_service import LambdaService, SandboxError
from local.pool import MAX_SANDBOXES
from local.reload import Sources
from tests.integration.stacks import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_lambda import LambdaClient

HANDLER = """
import json, os, pathlib, sys, time

def handler(event, context):
    match event.get("do"):
        case "environment":
            return dict(os.environ)
        case "context":
            return {
                "request_id": context.aws_request_id,
                "arn": context.invoked_function_arn,
                "left": context.get_remaining_time_in_millis(),
                "custom": context.client_context.custom,
            }
        case "sleep":
            print("asleep")
            time.sleep(event["seconds"])
        case "exit":
            os._exit(3)
        case "raise":
            raise ValueError("boom")
        case "big":
            return "x" * 7_000_000
        case "print":
            sys.stdout.write("x" * event["octets"])
            print("the end")
        case "meet":
            place = pathlib.Path(event["place"])
            (place / str(os.getpid())).touch()
            while len(list(place.iterdir())) < event["number"]:
                time.sleep(0.005)
    return os.getpid()
"""


def function_in(folder: Path, source: str = HANDLER) -> Function:
    (folder / "module.py").write_text(source, encoding="utf-8")
    return Function(
        logical_id="UsersFunction",
        name="users",
        alias="arn:aws:lambda:us-east-1:000000000000:function:users:live",
        version="7",
        handler="module.handler",
        runtime="python3.11",
        environment={"USERS_TABLE": "table"},
        timeout_seconds=1,
        memory_mb=512,
        role="role",
        log_group="/aws/lambda/users",
        package=folder,
    )


class Running:
    """A Lambda service on a port of its own, and what it reported."""

    def __init__(self, function: Function, client: LambdaClient) -> None:
        self.function = function
        self.client = client
        self.crashes: list[BaseException] = []
        self.notices: list[str] = []

    def invoke(self, name: str = "users", **event: Any) -> dict[str, Any]:
        """Invoke with the log's tail; payload and log decoded."""
        context = base64.b64encode(b'{"custom":{"a":"b"}}').decode()
        answer = self.client.invoke(
            FunctionName=name,
            Payload=json.dumps(event),
            LogType="Tail",
            ClientContext=context,
        )
        return {
            "payload": json.loads(answer["Payload"].read()),
            "error": answer.get("FunctionError"),
            "log": base64.b64decode(answer["LogResult"]).decode(),
            "version": answer["ExecutedVersion"],
        }


def credentials(_: Function) -> Credentials:
    return Credentials("AKIA", "secret", "token", int(time.time() * 1000) + 43_200_000)


@contextmanager
def running(function: Function, logs: Path) -> Iterator[Running]:
    """Serve a function in a thread of its own."""
    listener = listen()
    endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
    client = boto3.client(
        "lambda",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, max_pool_connections=20),
    )
    state = Running(function, client)
    loop = asyncio.new_event_loop()
    begun = threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        service = service_of(function, logs, state)
        await service.start()
        api = InvokeApi(service, lambda *_: None)
        answers = Service(
            api.answer, invoke_api.refuse, state.crashes.append, 7_000_000, 100_000
        )
        server = Server(answers, listener)
        await server.start()
        begun.set()
        await stop.wait()
        server.close()
        await service.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert begun.wait(20)
    try:
        yield state
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
        client.close()
    assert state.crashes == []


def service_of(function: Function, logs: Path, state: Running) -> LambdaService:
    deployment = Deployment(
        stack="parity-python",
        endpoint="http://127.0.0.1:9",
        region="us-east-1",
        outputs={},
        functions={function.logical_id: function},
        routes={},
        cors=Cors((), (), (), (), 0),
        left_out=(),
        applied_afterwards=(),
    )
    return LambdaService(
        [deployment],
        credentials=credentials,
        sources=Sources([function.package]),
        refresh=lambda: None,
        logs=logs,
        crashed=state.crashes.append,
        noticed=state.notices.append,
    )


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
    for octets in (0, 4_000, 65_536, 1_000_000):
        log = service.invoke(do="print", octets=octets)["log"]

        assert "the end\nEND RequestId: " in log
        assert log.endswith("\t\n")
        assert len(log) == min(4_096, len(log))


def test_log_of_one_invocation_is_not_in_the_next(service: Running) -> None:
    service.invoke(do="print", octets=3)

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


def test_invocations_side_by_side_each_have_a_sandbox(
    service: Running, tmp_path: Path
) -> None:
    """Each waits until all have begun: one sandbox alone would never get there."""

    def meet(_: int) -> dict[str, Any]:
        return service.invoke(do="meet", place=str(tmp_path), number=MAX_SANDBOXES)

    with ThreadPoolExecutor(MAX_SANDBOXES) as pool:
        outcomes = list(pool.map(meet, range(MAX_SANDBOXES)))

    assert [outcome["error"] for outcome in outcomes] == [None] * MAX_SANDBOXES
    assert len({outcome["payload"] for outcome in outcomes}) == MAX_SANDBOXES


def test_more_invocations_than_sandboxes_wait_their_turn(service: Running) -> None:
    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(lambda _: service.invoke(), range(100)))

    assert {outcome["error"] for outcome in outcomes} == {None}
    assert len({outcome["payload"] for outcome in outcomes}) <= MAX_SANDBOXES


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
