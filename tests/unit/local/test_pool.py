"""The pool's count of sandboxes: each invocation that needs one of its own gets it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from local import pool
from local.invocation import Invocation

if TYPE_CHECKING:
    import pytest

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


def test_sandbox_that_has_just_started_is_counted_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second comes between the start of the first's and the end of its task."""
    monkeypatch.setattr(pool, "Sandbox", Starting)

    async def two() -> None:
        function = cast("Function", None)
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

    assert Starting.started == 2
