"""`DEBUG` chooses the function that waits for a debugger and changes its deployment."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import replace

import pytest

from local import implementations
from local.commands import debugging
from local.commands.debugging import PATIENCE_SECONDS, DebugError, Debugged, debugged
from local.http.ports import PortError
from local.http.server import listen
from local.lambda_.runtimes import runtime_of
from local.model import Cors, Deployment, Function
from tests.unit.local.made import FUNCTION

DEPLOYMENT = Deployment(
    stack="stack",
    endpoint="",
    region="",
    functions={
        "UsersFunction": FUNCTION,
        "AssetsFunction": replace(FUNCTION, logical_id="AssetsFunction"),
    },
    routes={},
    cors=Cors((), (), (), (), 0),
    left_out=(),
    applied_afterwards=(),
)


@pytest.fixture
def port() -> int:
    with listen() as probe:
        number: int = probe.getsockname()[1]
    return number


def test_nothing_asked_is_nothing_debugged() -> None:
    assert debugged("") is None


@pytest.mark.parametrize("language", ["python", "typescript"])
def test_port_is_the_one_that_editors_assume(
    language: str, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert debugging.PORTS == {"python": 5678, "typescript": 9229}
    monkeypatch.setitem(debugging.PORTS, language, port)
    chosen = f"{language}:AssetsFunction"
    assert debugged(chosen) == Debugged(chosen, port)


def test_port_may_be_another(port: int) -> None:
    chosen = debugged(f"python:UsersFunction:{port}")
    assert chosen == Debugged("python:UsersFunction", port)
    assert chosen.row == ("debugger", f"127.0.0.1:{port}  (of python:UsersFunction)")


@pytest.mark.parametrize(
    "value",
    [
        *("python", "UsersFunction", "ruby:UsersFunction", "python:users", "1"),
        *(
            "python:UsersFunction:",
            "python:UsersFunction:x",
            "python:UsersFunction:1:2",
        ),
        *("python:UsersFunction,python:AssetsFunction", "python:UsersFunction\n"),
        *("python:UsersTable", " python:UsersFunction"),
    ],
)
def test_unknown_function_is_refused_with_the_list_of_functions(value: str) -> None:
    with pytest.raises(DebugError) as refused:
        debugged(value)

    text = str(refused.value)
    for language in ("python", "typescript"):
        for function in ("UsersFunction", "AssetsFunction"):
            assert f"{language}:{function}" in text


def test_port_in_use_is_refused_with_the_setting_for_another(port: int) -> None:
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(PortError) as refused,
    ):
        debugged(f"python:UsersFunction:{port}")
    assert str(refused.value) == (
        f"port {port} is in use; choose another with DEBUG=python:UsersFunction:<port>"
    )


def test_only_that_function_waits_without_limit_and_its_package_is_rebuilt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refreshed: list[str] = []

    def made_anew(name: str) -> implementations.Implementation:
        def refresh(functions: Sequence[Function]) -> None:
            waiting = [one.logical_id for one in functions if one.debug_port]
            refreshed.append(f"{name}: {', '.join(waiting)}")

        return replace(implementations.named(name), refresh=refresh)

    ones = [made_anew("python"), made_anew("typescript")]
    monkeypatch.setattr(debugging, "IMPLEMENTATIONS", ones)

    python, typescript = Debugged("typescript:AssetsFunction", 9).made_to_wait(
        [DEPLOYMENT, DEPLOYMENT]
    )

    assert python == DEPLOYMENT
    assert typescript.functions["UsersFunction"] == FUNCTION
    waiting = typescript.functions["AssetsFunction"]
    assert (waiting.debug_port, waiting.timeout_seconds) == (9, PATIENCE_SECONDS)
    assert refreshed == ["typescript: AssetsFunction"]


@pytest.mark.parametrize("runtime", ["python3.13", "nodejs24.x"])
def test_function_that_is_not_debugged_has_no_debugger(runtime: str) -> None:
    command = runtime_of(runtime).command(replace(FUNCTION, runtime=runtime))
    assert not any("debug" in part or "inspect" in part for part in command)
