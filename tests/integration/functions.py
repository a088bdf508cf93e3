"""A function that misbehaves on request, and a local Lambda service that serves it."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from mypy_boto3_lambda import LambdaClient

from local.gateway import front
from local.gateway.docs import Docs
from local.gateway.front import Front
from local.http.server import Server, Service, listen
from local.lambda_ import invoke_api
from local.lambda_.invoke_api import InvokeApi
from local.lambda_.reload import Sources
from local.lambda_.request_log import RequestLog
from local.lambda_.service import Hosted, LambdaService
from local.model import Cors, Credentials, Deployment, Function

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
            sys.stdout.write("x" * event["size"])
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


NODE_HANDLER = """
const { setTimeout: pause } = require("node:timers/promises");

exports.handler = async (event, context) => {
  switch (event.do) {
    case "environment":
      return { ...process.env };
    case "context":
      return { ...context, left: context.getRemainingTimeInMillis() };
    case "console":
      for (const level of ["trace", "debug", "info", "log", "warn", "error"]) {
        console[level]("%s says\\nhello", level, { a: 1 });
      }
      return null;
    case "write":
      process.stdout.write("x".repeat(event.size));
      process.stdout.write("the end\\n");
      return null;
    case "throw":
      throw Object.assign(new TypeError("boom"), { code: "E_BOOM" });
    case "throw-text":
      throw "just text";
    case "throw-circular": {
      const error = new Error("around");
      error.self = error;
      throw error;
    }
    case "bigint":
      return 1n;
    case "nothing":
      return undefined;
    case "reject-unseen":
      Promise.reject(new RangeError("unseen"));
      await pause(5_000);
      return null;
    case "throw-later":
      setTimeout(() => { throw new RangeError("later"); });
      await pause(5_000);
      return null;
    case "never":
      await new Promise(() => {});
      return null;
    case "sleep":
      await pause(5_000);
      return null;
    case "version":
      return process.version;
  }
  return process.pid;
};
"""


class Running:
    """A Lambda service and a front, each on its own port, and their reports.

    The front has one route, `GET /{do}`.
    """

    def __init__(self, function: Function, client: LambdaClient, url: str = "") -> None:
        self.function = function
        self.client = client
        self.url = url
        self.credentials: Callable[[Function], Credentials] = credentials
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
            "log": base64.b64decode(answer["LogResult"]).decode("utf-8", "replace"),
            "version": answer["ExecutedVersion"],
        }


def node_function_in(
    folder: Path, source: str = NODE_HANDLER, runtime: str = "nodejs24.x"
) -> Function:
    """Return a function whose package is one file for Node."""
    function = function_in(folder)
    (folder / "module.py").unlink()
    (folder / "module.js").write_text(source, encoding="utf-8")
    return replace(function, runtime=runtime)


def credentials(_: Function) -> Credentials:
    return Credentials("AKIA", "secret", "token", in_hours(12))


def in_hours(hours: int) -> int:
    return int(time.time() * 1000) + hours * 3_600_000


@contextmanager
def running(
    function: Function,
    logs: Path,
    fetch: Callable[[Function], Credentials] = credentials,
) -> Iterator[Running]:
    """Serve a function in a thread of its own."""
    listener, front_listener = listen(), listen()
    endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
    port = front_listener.getsockname()[1]
    client = boto3.client(
        "lambda",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, max_pool_connections=20),
    )
    state = Running(function, client, f"http://127.0.0.1:{port}")
    state.credentials = fetch
    loop = asyncio.new_event_loop()
    begun = threading.Event()
    stop = asyncio.Event()

    loop.set_exception_handler(
        lambda _, found: state.crashes.append(found["exception"])
    )

    async def serve() -> None:
        service = service_of(function, logs, state)
        await service.start()
        lines = state.notices.append
        api = InvokeApi(service, RequestLog("lambda", lines).invoked)
        answers = Service(
            api.answer, invoke_api.refuse, state.crashes.append, 7_000_000, 100_000
        )
        api_front = Front(
            deployment_of(function),
            service,
            Docs({}),
            port,
            RequestLog("python", lines),
        )
        fronts = Service(
            api_front.answer, front.refuse, state.crashes.append, 7_000_000, 100_000
        )
        servers = [Server(answers, listener), Server(fronts, front_listener)]
        for server in servers:
            await server.start()
        tending = asyncio.create_task(service.tend())
        begun.set()
        await stop.wait()
        tending.cancel()
        for server in servers:
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


def deployment_of(function: Function) -> Deployment:
    return Deployment(
        stack="parity-python",
        endpoint="http://127.0.0.1:9",
        region="us-east-1",
        functions={function.logical_id: function},
        routes={"GET /{do}": function.logical_id},
        cors=Cors((), (), (), (), 0),
        left_out=(),
        applied_afterwards=(),
    )


def service_of(function: Function, logs: Path, state: Running) -> LambdaService:
    sources = Sources([function.package])
    deployment = deployment_of(function)
    return LambdaService(
        [Hosted(deployment, sources, lambda: None, lambda _, trace: trace)],
        credentials=state.credentials,
        logs=logs,
        crashed=state.crashes.append,
        noticed=state.notices.append,
    )
