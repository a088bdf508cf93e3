"""How a command that runs other programs ends when it is told to stop."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from local.children import end_descendants

if TYPE_CHECKING:
    from typing import NoReturn

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StoppedError(KeyboardInterrupt):
    """Somebody told the command to stop; every process below it has ended."""


def stop_on_signals() -> None:
    """Raise `StoppedError` in the main thread at SIGINT, SIGTERM or SIGHUP."""
    for one in STOP_SIGNALS:
        signal.signal(one, _stop)


def be_deaf() -> None:
    """Let nothing interrupt the cleaning up; it takes less than 5 s."""
    for one in STOP_SIGNALS:
        signal.signal(one, signal.SIG_IGN)


def _stop(number: int, _: object) -> NoReturn:
    be_deaf()
    end_descendants()
    raise StoppedError(number)
