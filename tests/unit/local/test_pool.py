"""The pool's count of sandboxes: each invocation that needs one of its own gets it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from local import pool
from local.invocation import Invocation

if TYPE_CHECKING:
    from local.deploy import Function

INVOCATION = Invocation(b"", "live", "")


class Starting:
    """A sandbox that is started at once, and never ready."""

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
    """The second comes between the start of the first's and the end of its task.

    Of a function that waits for a debugger there is only one.
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
