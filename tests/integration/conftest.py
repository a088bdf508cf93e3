"""The local stack, started once for all integration tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.stacks import Stack, copy_checkout, free_page

__all__ = ["Stack"]


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The stack of this checkout: `url`, `endpoint`, `lambda_endpoint`, clients."""
    started = Stack(page=free_page())
    try:
        yield started.ready()
    finally:
        started.close()


@pytest.fixture(scope="session")
def checkout(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout whose files a test may edit.

    It is made after the stack has started, so that its builds can be reused.
    """
    del stack
    return copy_checkout(tmp_path_factory.mktemp("copy") / "checkout")


@pytest.fixture
def start(checkout: Path) -> Iterator[Callable[[], Stack]]:
    """Starts stacks of the copied checkout, and ends those that still run."""
    started: list[Stack] = []

    def begin(ports: tuple[int, int] | None = None) -> Stack:
        started.append(Stack(checkout, ports))
        return started[-1]

    yield begin
    for one in started:
        one.close()
