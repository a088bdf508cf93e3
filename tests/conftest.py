"""What holds for every test."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Hear SIGINT, and so does every command that a test starts.

    What a shell without job control starts in the background ignores it, and hands
    that on to its children.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
