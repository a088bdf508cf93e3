"""The pool's count of sandboxes: every invocation that needs a new one gets it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from local.lambda_ import pool
from local.lambda_.invocation import Invocation
from local.lambda_.sandbox import Sandbox
from local.model import Function

INVOCATION = Invocation(b"", "live", "")


class Starting:
    """A sandbox that starts at once and is never ready."""

    started = 0
    settling = False
    stale = False

    def __init__(self, *_: object) -> None: ...

    async def start(self) -> None:
        Starting.started += 1


@pytest.mark.parametrize(("debug_port", "wanted"), [(None, 2), (5678, 1)])
def test_sandbox_that_has_just_started_is_counted_once(
    monkeypatch: pytest.MonkeyPatch, debug_port: int | None, wanted: int
) -> None:
    """The second invocation comes after the first start, before its task ends.

    A function that waits for a debugger has only one sandbox.
    """
    monkeypatch.setattr(pool, "Sandbox", Starting)
    monkeypatch.setattr(Starting, "started", 0)
    function = cast("Function", SimpleNamespace(debug_port=debug_port))

    async def two() -> None:
        sandboxes = pool.Pool(function, dict, lambda *_: None, lambda _: None)
        first = asyncio.create_task(sandboxes.invoke(INVOCATION))
        await asyncio.sleep(0)
        second = asyncio.create_task(sandboxes.invoke(INVOCATION))
        for _ in range(5):
            await asyncio.sleep(0)
        for one in (first, second):
            one.cancel()
        await asyncio.gather(first, second, return_exceptions=True)

    asyncio.run(two())

    assert Starting.started == wanted


class Unstartable(Starting):
    """A sandbox whose process this machine cannot start."""

    async def start(self) -> None:
        await asyncio.sleep(0)
        raise OSError(24, "Too many open files")


def test_invocations_fail_if_their_sandbox_cannot_be_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "Sandbox", Unstartable)
    crashes: list[BaseException] = []
    number = 3 * pool.MAX_SANDBOXES

    async def many() -> list[object]:
        function = cast("Function", SimpleNamespace(name="users", debug_port=None))
        sandboxes = pool.Pool(function, dict, lambda *_: None, crashes.append)
        asked = [sandboxes.invoke(INVOCATION) for _ in range(number)]
        return await asyncio.wait_for(asyncio.gather(*asked, return_exceptions=True), 5)

    outcomes = asyncio.run(many())

    wanted = "cannot start a sandbox of users: [Errno 24] Too many open files"
    assert [str(one) for one in outcomes] == [wanted] * number
    assert {type(one) for one in outcomes} == {pool.LaunchError}
    assert crashes == []


class Failing(Starting):
    """A sandbox that is ready, but fails with an unknown state."""

    ready = True

    def __init__(self, *_: object) -> None:
        self.killed = False

    async def invoke(self, _: Invocation) -> None:
        raise ZeroDivisionError

    def kill(self) -> None:
        self.killed = True


def test_sandbox_with_an_internal_error_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "Sandbox", Failing)
    sandbox = Failing()

    async def one() -> None:
        function = cast("Function", None)
        sandboxes = pool.Pool(function, dict, lambda *_: None, lambda _: None)
        sandboxes.sandbox_ready(cast("Sandbox", sandbox))
        await sandboxes.invoke(INVOCATION)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(one())
    assert sandbox.killed
