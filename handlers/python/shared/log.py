"""The log: one JSON object a line, written to standard output and nowhere else.

Python's `logging` is not used, because Lambda adds a prefix to its lines.
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

# A version number, or $LATEST if no version was published.
FUNCTION_VERSION = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")

# The severity of an event.
Level: TypeAlias = Literal["info", "warn", "error"]

# Created once: `json.dumps` would create one for each line.
_ENCODER = json.JSONEncoder(separators=(",", ":"))


class _StandardOutput:
    """The logger that structlog wraps; the line already contains the level."""

    def msg(self, line: str) -> None:
        """Write a rendered line in one call, to the current standard output."""
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    info = warn = error = msg


def _add_common(_logger: WrappedLogger, level: str, event: EventDict) -> EventDict:
    """Put the fields that every line has before those of the event."""
    return {
        "timestamp": time.time_ns() // 1_000_000,
        "level": level,
        "event": event["event"],
        "implementation": IMPLEMENTATION,
        "functionVersion": FUNCTION_VERSION,
        **event,
    }


def _render(_logger: WrappedLogger, _level: str, event: EventDict) -> str:
    """Return an event's line and the lines that follow it."""
    following = event.pop("following")
    return "\n".join(_ENCODER.encode(line) for line in (event, *following))


_LOGGER: structlog.BoundLogger = structlog.wrap_logger(
    _StandardOutput(),
    processors=[_add_common, _render],
    wrapper_class=structlog.BoundLogger,
).bind()  # otherwise it would be created again for each line


def log(
    level: Level,
    event: str,
    fields: Mapping[str, object],
    *following: Mapping[str, object],
) -> None:
    """Write an event and the lines that follow it in one call.

    One write of two lines has the same result as two writes and costs less: each write
    to a pipe is a system call.
    """
    getattr(_LOGGER, level)(event, **fields, following=following)
