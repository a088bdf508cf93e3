"""What holds for every test."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from handlers.packaging import schemas
from local.stopping import STOP_SIGNALS

# The handlers import it, and conftest.py files further down import the handlers.
schemas.write(schemas.TARGET)


def pytest_configure() -> None:
    """Hear SIGINT, and so does every command that a test starts.

    What a shell without job control starts in the background ignores it, and hands
    that on to its children.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Give back the signals: a command run within a test takes them for itself."""
    before = {one: signal.getsignal(one) for one in STOP_SIGNALS}
    yield
    for one, handler in before.items():
        signal.signal(one, handler)
