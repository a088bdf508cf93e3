"""The log: one JSON object a line, written to standard output and nowhere else.

Python's `logging` is left alone: Lambda puts words of its own before its lines.
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from typing import Literal, TypeAlias

import structlog
from structlog.typing import EventDict, WrappedLogger

from shared.version import IMPLEMENTATION

# A version number, or $LATEST where no version was published.
FUNCTION_VERSION = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")

# How much an event matters.
Level: TypeAlias = Literal["info", "warn", "error"]

# Made once: `json.dumps` would make one for each line.
_ENCODER = json.JSONEncoder(separators=(",", ":"))


class _StandardOutput:
    """The logger that structlog wraps; the level is a member of the line already."""

    def msg(self, line: str) -> None:
        """Write a rendered line at once and whole, to what standard output is now."""
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    info = warn = error = msg


def _add_common(_logger: WrappedLogger, level: str, event: EventDict) -> EventDict:
    """Put before an event's own members those that every line has."""
    return {
        "timestamp": time.time_ns() // 1_000_000,
        "level": level,
        "event": event["event"],
        "implementation": IMPLEMENTATION,
        "functionVersion": FUNCTION_VERSION,
        **event,
    }


def _render(_logger: WrappedLogger, _level: str, event: EventDict) -> str:
    """Return an event's line, and those that follow it."""
    following = event.pop("following")
    return "\n".join(_ENCODER.encode(line) for line in (event, *following))


_LOGGER: structlog.BoundLogger = structlog.wrap_logger(
    _StandardOutput(),
    processors=[_add_common, _render],
    wrapper_class=structlog.BoundLogger,
).bind()  # or it would be made anew for each line


def log(
    level: Level,
    event: str,
    fields: Mapping[str, object],
    *following: Mapping[str, object],
) -> None:
    """Write an event, and the lines that follow it, all at once and whole.

    One write of two lines says the same as two, and costs less: to a pipe each is a
    call of the kernel.
    """
    getattr(_LOGGER, level)(event, **fields, following=following)
