"""Ends a command that runs other programs when it gets a stop signal."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from local.children import end_descendants

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StoppedError(KeyboardInterrupt):
    """The command got a stop signal; all of its child processes have ended."""


def stop_on_signals() -> None:
    """Raise `StoppedError` in the main thread at SIGINT, SIGTERM or SIGHUP."""
    for one in STOP_SIGNALS:
        signal.signal(one, _stop)


def ignore_signals() -> None:
    """Ignore further signals while the command cleans up, which takes under 5 s."""
    for one in STOP_SIGNALS:
        signal.signal(one, signal.SIG_IGN)


@contextmanager
def defer_signals() -> Iterator[Callable[[], bool]]:
    """Delay the stop signals; yield a function that returns whether one has come.

    The first of them is raised as `StoppedError` after the block. No process is killed
    meanwhile: use it around a program that must undo its work before it ends. In the
    main thread only.
    """
    come: list[int] = []
    before = {
        one: signal.signal(one, lambda number, _: come.append(number))
        for one in STOP_SIGNALS
    }
    try:
        yield lambda: bool(come)
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    if come:
        ignore_signals()
        raise StoppedError(come[0])


def _stop(number: int, _: object) -> NoReturn:
    ignore_signals()
    end_descendants()
    raise StoppedError(number)
