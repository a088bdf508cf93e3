"""The errors that end the stack, and those that only add a line to its log."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from local.commands.serving import PartFailedError, Plan, Served, serve
from local.http.server import listen
from local.lambda_.reload import Sources
from local.lambda_.service import Hosted
from local.model import Cors, Credentials, Deployment, Function


def deployment(routes: dict[str, str]) -> Deployment:
    """Return a deployment without functions: every request to its route fails."""
    return Deployment(
        stack="parity-python",
        endpoint="http://127.0.0.1:9",
        region="us-east-1",
        functions={},
        routes=routes,
        cors=Cors((), (), (), (), 0),
        left_out=(),
        applied_afterwards=(),
    )


class OneFront:
    """A stack of one front whose only route leads to no function."""

    def __init__(self, logs: Path) -> None:
        self.lines: list[str] = []
        self.cloud: Callable[[], str | None] = lambda: None
        self.listener = listen()
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self._logs = logs

    def run(self, use: Callable[[], object]) -> None:
        """Serve until `use`, which is called in a thread of its own, has returned."""
        gone = deployment({"GET /users": "Gone"})
        hosted = Hosted(gone, Sources([]), lambda: None, lambda _, trace: trace)

        async def play() -> None:
            loop = asyncio.get_running_loop()

            def begin() -> None:
                loop.run_in_executor(None, use).add_done_callback(
                    lambda _: os.kill(os.getpid(), signal.SIGTERM)
                )

            await serve(
                Plan(
                    served=[Served("python", hosted, self.listener)],
                    lambda_listener=listen(),
                    origins=frozenset(),
                    credentials=no_credentials,
                    logs=self._logs,
                    cloud_failed=self.cloud,
                    print_line=self.lines.append,
                    ready=begin,
                )
            )

        asyncio.run(play())


def no_credentials(_: Function) -> Credentials:
    raise NotImplementedError


def test_exception_in_a_request_is_one_line_and_ends_no_other(tmp_path: Path) -> None:
    stack = OneFront(tmp_path)
    answers: list[requests.Response] = []

    def use() -> None:
        answers.extend(
            requests.get(stack.url + path, timeout=40)
            for path in ("/users", "/nobody", "/users")
        )

    stack.run(use)

    assert [answer.status_code for answer in answers] == [500, 404, 500]
    assert answers[0].json() == {"message": "Internal Server Error"}
    told = [line for line in stack.lines if "internal error" in line]
    assert len(told) == 2
    assert " internal error: KeyError: 'Gone' (" in told[0]
    assert "front.py:" in told[0]


def test_exception_in_a_callback_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = OneFront(tmp_path)
    loops: list[asyncio.AbstractEventLoop] = []

    def fail() -> None:
        raise ZeroDivisionError("by zero")

    def look() -> None:  # it runs within the loop
        if not loops:
            loops.append(asyncio.get_running_loop())
            loops[0].call_soon(fail)

    stack.cloud = look
    stack.run(lambda: requests.get(f"{stack.url}/nobody", timeout=40))

    (told,) = [line for line in stack.lines if "internal error" in line]
    assert " internal error: ZeroDivisionError: by zero (" in told
    assert "Traceback" not in capsys.readouterr().err


def test_end_of_the_cloud_ends_the_stack(tmp_path: Path) -> None:
    stack = OneFront(tmp_path)
    stack.cloud = lambda: "the AWS endpoint ended by itself"

    with pytest.raises(PartFailedError, match="the AWS endpoint ended by itself"):
        stack.run(lambda: None)
