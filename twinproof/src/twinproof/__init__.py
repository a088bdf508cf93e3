"""Sends the cases of a contract to targets, and checks every response by it."""

from __future__ import annotations

import sys
from types import TracebackType


def _in_one_line(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.stderr.write("stopped\n")
    else:
        sys.__excepthook__(kind, error, trace)


# `twinproof` handles Ctrl-C itself once it runs; importing it takes half a second
# before.
sys.excepthook = _in_one_line
