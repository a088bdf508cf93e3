"""Functions that misbehave: each fails only its own request; the next one works."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from local.lambda_ import sandbox
from local.lambda_.output import MAX_BYTES
from local.model import Function
from tests.integration.functions import (
    Running,
    function_in,
    node_function_in,
    running,
)
from tests.integration.stacks import alive, eventually

PYTHON = r"""
import ctypes, json, os, signal, socket, subprocess, sys, threading, time
import urllib.request

def hang_up():
    for name in os.listdir("/proc/self/fd"):
        try:
            if os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
                with socket.socket(fileno=os.dup(int(name))) as one:
                    one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

def hang_up_again_and_again():
    while True:
        time.sleep(0.1)
        hang_up()

def flood():
    while True:
        os.write(1, b"x" * 1_000_000)

def answer_by_itself(request_id, body):
    base = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"
    url = f"{base}/invocation/{request_id}/response"
    urllib.request.urlopen(urllib.request.Request(url, body)).close()

def child(**options):
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    return subprocess.Popen(command, **options).pid

def deep():
    inner = []
    for _ in range(500_000):
        inner = [inner]
    return inner

def handler(event, context):
    match event.get("do") or event["pathParameters"]["do"]:
        case "hang":
            time.sleep(600)
        case "flood":
            flood()
        case "flood-later":
            threading.Timer(0, flood).start()
        case "child":
            return child(start_new_session=True)
        case "child-and-exit":
            print(f"child {child()}", flush=True)
            os._exit(3)
        case "escaped-child-and-exit":
            print(f"child {child(start_new_session=True)}", flush=True)
            os._exit(3)
        case "hang-up":
            hang_up()
        case "hang-up-later":
            threading.Thread(target=hang_up_again_and_again).start()
        case "7-mb":
            return "x" * 7_000_000
        case "70-mb":
            return "x" * 70_000_000
        case "no-json":
            return {1, 2}
        case "no-json-by-itself":
            answer_by_itself(context.aws_request_id, b"\xff{")
        case "answer-and-hang":
            answer_by_itself(context.aws_request_id, b"%d" % os.getpid())
            time.sleep(600)
        case "deep-json-by-itself":
            answer_by_itself(context.aws_request_id, b"[" * 200_000 + b"]" * 200_000)
        case "exit":
            os._exit(3)
        case "be-killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "no-utf-8":
            os.write(1, b"\xff\xfe\n")
            raise ValueError("boom")
        case "deep-line":
            print("[" * 200_000)
            raise ValueError("boom")
        case "lone-surrogate":
            return {"statusCode": 200, "headers": {"x-a": "\ud800"}}
        case "line-break":
            return {"statusCode": 200, "headers": {"x-a": "b\r\nc: d"}}
        case "name":
            ctypes.CDLL(None).prctl(15, b"\xff\xe9", 0, 0, 0)
    return os.getpid()
"""

NODE = r"""
const { spawn } = require("node:child_process");
const { writeSync } = require("node:fs");
const http = require("node:http");

function hangUp() {
  for (const handle of process._getActiveHandles()) {
    if (handle.remotePort) handle.destroy();
  }
}

function flood() {
  for (;;) {
    try {
      writeSync(1, "x".repeat(1_000_000));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

function child(detached) {
  const wait = ["-e", "setTimeout(() => {}, 600_000)"];
  const stdio = ["ignore", "inherit", "inherit"];
  const one = spawn(process.execPath, wait, { detached, stdio });
  one.unref();
  return one.pid;
}

function answerByItself(id, body) {
  const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
  const url = `${base}/invocation/${id}/response`;
  return new Promise((done) => {
    const request = http.request(url, { method: "POST" }, (answer) => {
      answer.resume().on("end", done);
    });
    request.end(body);
  });
}

exports.handler = async (event, context) => {
  switch (event.do ?? event.pathParameters.do) {
    case "hang":
      for (;;);
    case "flood":
      flood();
    case "flood-later":
      setTimeout(function more() {
        process.stdout.write("x".repeat(1_000_000), more);
      }, 1);
      break;
    case "child":
      return child(true);
    case "child-and-exit":
      process.stdout.write(`child ${child(false)}\n`);
      process.exit(3);
    case "escaped-child-and-exit":
      process.stdout.write(`child ${child(true)}\n`);
      process.exit(3);
    case "hang-up":
      hangUp();
      break;
    case "hang-up-later":
      setInterval(hangUp, 100);
      break;
    case "7-mb":
      return "x".repeat(7_000_000);
    case "70-mb":
      return "x".repeat(70_000_000);
    case "no-json":
      return 1n;
    case "no-json-by-itself":
      await answerByItself(context.awsRequestId, Buffer.from([0xff, 0x7b]));
      break;
    case "answer-and-hang":
      await answerByItself(context.awsRequestId, Buffer.from(String(process.pid)));
      for (;;);
    case "deep-json-by-itself":
      await answerByItself(
        context.awsRequestId, "[".repeat(200_000) + "]".repeat(200_000));
      break;
    case "exit":
      process.exit(3);
    case "be-killed":
      process.kill(process.pid, "SIGKILL");
      for (;;);
    case "no-utf-8":
      process.stdout.write(Buffer.from([0xff, 0xfe, 0x0a]));
      throw new Error("boom");
    case "deep-line":
      process.stdout.write(`${"[".repeat(200_000)}\n`);
      throw new Error("boom");
    case "lone-surrogate":
      return { statusCode: 200, headers: { "x-a": "\ud800" } };
    case "line-break":
      return { statusCode: 200, headers: { "x-a": "b\r\nc: d" } };
    case "name":
      process.title = "\u00fc\u00e9";
  }
  return process.pid;
};
"""
# What it does, and the error type of Lambda; "" if the runtime names it.
FAILING = {
    "7-mb": "Function.ResponseSizeTooLarge",
    "70-mb": "Function.ResponseSizeTooLarge",
    "no-json": "",
    "exit": "Runtime.ExitError",
    "be-killed": "Runtime.ExitError",
    "no-utf-8": "",
    "deep-line": "",
}


@pytest.fixture(scope="module", params=["python", "node"])
def function(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Function:
    """Its timeout is 1 s."""
    folder = tmp_path_factory.mktemp("function")
    make, source = {
        "python": (function_in, PYTHON),
        "node": (node_function_in, NODE),
    }[request.param]
    return make(folder, source)


@pytest.fixture(scope="module")
def service(
    function: Function, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    patient = replace(function, timeout_seconds=60)
    with running(patient, tmp_path_factory.mktemp("logs")) as state:
        yield state


def front(service: Running, do: str) -> tuple[int, Any]:
    answer = requests.get(f"{service.url}/{do}", timeout=60)
    return answer.status_code, answer.json()


def works(service: Running) -> bool:
    outcome, (status, _) = service.invoke(do="nothing"), front(service, "nothing")
    return outcome["error"] is None and status == 200


@pytest.mark.parametrize("do", FAILING)
def test_failure_is_answered_as_lambda_and_the_gateway_do(
    service: Running, do: str
) -> None:
    outcome = service.invoke(do=do)

    assert outcome["error"] == "Unhandled"
    assert FAILING[do] in {"", outcome["payload"]["errorType"]}
    assert front(service, do) == (500, {"message": "Internal Server Error"})
    assert works(service)


@pytest.mark.parametrize("do", ["hang", "flood"])
def test_function_that_never_answers_is_ended_at_its_timeout(
    function: Function, tmp_path: Path, do: str
) -> None:
    with running(function, tmp_path) as service:
        outcome = service.invoke(do=do)

        assert outcome["payload"]["errorType"] == "Sandbox.Timedout"
        assert "Status: timeout" in outcome["log"]
        assert front(service, do) == (500, {"message": "Internal Server Error"})
        assert works(service)
        told = sum(map(len, service.notices))

    # Only the end of a flood is kept, and a little of that is shown.
    assert (tmp_path / "users.log").stat().st_size < 3 * MAX_BYTES
    assert told < 100_000


@pytest.mark.parametrize(
    "do",
    ["lone-surrogate", "line-break", "no-json-by-itself", "deep-json-by-itself"],
)
def test_result_that_is_no_response_is_the_gateways_500(
    service: Running, do: str
) -> None:
    told = len(service.notices)
    assert front(service, do) == (500, {"message": "Internal Server Error"})
    assert [
        line
        for line in service.notices[told:]
        if "the function's result is no response: " in line
    ]
    assert works(service)


def test_function_that_answers_and_then_hangs_keeps_nobody_waiting(
    service: Running,
) -> None:
    """It still counts as busy, so the next request gets another sandbox."""
    answered = service.invoke(do="answer-and-hang")
    hanging = answered["payload"]
    try:
        assert answered["error"] is None
        assert works(service)
        assert service.invoke(do="nothing")["payload"] != hanging
    finally:
        os.kill(hanging, signal.SIGKILL)


def test_function_that_answers_and_then_hangs_is_ended_at_its_timeout(
    function: Function, tmp_path: Path
) -> None:
    with running(function, tmp_path) as service:
        hanging = service.invoke(do="answer-and-hang")["payload"]

        assert eventually(lambda: not alive(hanging))
        assert works(service)


def test_flood_after_the_answer_harms_no_request(service: Running) -> None:
    answered = service.invoke(do="flood-later")
    flooding = answered["payload"]
    try:
        assert answered["error"] is None
        assert service.invoke(do="nothing")["payload"] == flooding
        assert works(service)
    finally:
        os.kill(flooding, signal.SIGKILL)
    assert eventually(lambda: not Path(f"/proc/{flooding}").exists())


def test_runtime_that_hangs_up_while_it_waits_for_work_is_replaced(
    service: Running,
) -> None:
    answered = service.invoke(do="hang-up-later")

    assert answered["error"] is None
    assert eventually(lambda: not alive(answered["payload"]))
    assert works(service)


def test_process_may_call_itself_what_it_likes(service: Running) -> None:
    assert service.invoke(do="name")["error"] is None
    assert front(service, "name")[0] == 200


def test_function_that_hangs_up_in_its_work_fails_its_own_request_at_most(
    service: Running,
) -> None:
    """Its runtime may connect again, like Node's, and still answer."""
    service.invoke(do="hang-up")

    assert front(service, "hang-up")[0] in {200, 500}
    assert works(service)


def test_child_that_keeps_the_pipe_open_keeps_nobody_waiting(service: Running) -> None:
    child = service.invoke(do="child")["payload"]
    try:
        assert alive(child)
        assert works(service)
    finally:
        os.kill(child, signal.SIGKILL)


@pytest.mark.parametrize("do", ["child-and-exit", "escaped-child-and-exit"])
def test_child_of_a_function_that_exits_keeps_nobody_waiting(
    service: Running, do: str
) -> None:
    outcome = service.invoke(do=do)

    (line,) = [one for one in outcome["log"].split("\n") if one.startswith("child ")]
    child = int(line.removeprefix("child "))
    try:
        assert outcome["payload"]["errorType"] == "Runtime.ExitError"
        assert works(service)
        # One in the process group of the runtime ends with it, as Lambda ends all.
        assert do != "child-and-exit" or eventually(lambda: not alive(child))
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def test_log_that_cannot_be_written_is_told_and_fails_no_request(
    tmp_path: Path,
) -> None:
    """`/dev/full` is a disk that is full."""
    folder = tmp_path / "function"
    folder.mkdir()
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "users.log").symlink_to("/dev/full")
    with running(function_in(folder, PYTHON), logs) as full:
        outcome = full.invoke(do="nothing")
        told = [str(error) for error in full.crashes]
        full.crashes.clear()

    assert outcome["error"] is None
    assert told
    assert set(told) == {
        "the log of UsersFunction is not written: [Errno 28] No space left on device"
    }


STUCK = """
import os, time, urllib.request
base = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"
request = urllib.request.Request(f"{base}/init/error", b'{"errorType": "Stuck"}')
urllib.request.urlopen(request).close()
time.sleep(600)
"""


def test_runtime_that_cannot_start_and_does_not_exit_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "INIT_SECONDS", 1)
    folder = tmp_path / "function"
    folder.mkdir()
    with running(function_in(folder, PYTHON), tmp_path / "logs") as service:
        function_in(folder, STUCK)
        outcome = service.invoke()
        function_in(folder, PYTHON)

        assert outcome["payload"] == {"errorType": "Stuck"}
        assert works(service)
