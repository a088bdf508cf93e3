"""The Docker-free local stack: `make start`."""

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


# Importing what a command needs takes a second, before it can listen for Ctrl-C itself.
# This module is imported before all that.
sys.excepthook = _in_one_line
