"""What holds for every test."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from local.stopping import STOP_SIGNALS
from tests.chromium import chromium_command


def pytest_configure() -> None:
    """Hear SIGINT, and so does every command that a test starts.

    What a shell without job control starts in the background ignores it, and hands
    that on to its children.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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
