"""Fixtures and settings of every test."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from handlers.packaging import schemas
from local.stopping import STOP_SIGNALS
from tests.chromium import chromium_command

# The handlers import it, and conftest.py files further down import the handlers.
schemas.write(schemas.TARGET)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Handle SIGINT, here and in every command that a test starts.

    A shell without job control starts background processes that ignore it, and their
    children inherit this. A command that a test runs in this process may handle the
    interrupt itself and fail only its test; the session ends all the same.
    """

    def interrupt(*_: object) -> None:
        session.shouldstop = "interrupted"
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)


@pytest.fixture(scope="session")
def chromium() -> list[str]:
    """The command of a headless browser."""
    return chromium_command()


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Restore the signal handlers: a command in a test installs its own."""
    before = {one: signal.getsignal(one) for one in STOP_SIGNALS}
    yield
    for one, handler in before.items():
        signal.signal(one, handler)
