"""What holds for every test."""

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
    """Hear SIGINT, and so does every command that a test starts.

    What a shell without job control starts in the background ignores it, and hands
    that on to its children. A command that a test runs in this process may take the
    interrupt for its own, and fail that test alone: the session ends nevertheless.
    """

    def interrupt(*_: object) -> None:
        session.shouldstop = "interrupted"
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)


@pytest.fixture(scope="session")
def chromium() -> list[str]:
    """The command of a browser without a window."""
    return chromium_command()


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Give back the signals: a command run within a test takes them for itself."""
    before = {one: signal.getsignal(one) for one in STOP_SIGNALS}
    yield
    for one, handler in before.items():
        signal.signal(one, handler)
