"""The latest log lines of the functions, kept in memory by log group.

It replaces CloudWatch Logs for tests, which read the lines of one request.
"""

from __future__ import annotations

import io
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# For each log group. About two thousand requests, far more than run at one time.
MAX_EVENTS = 10_000
MAX_CHARACTERS = 8 * 1024 * 1024


class UnknownGroupError(Exception):
    """No function logs to this group."""


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One line of a function's log with its newline, as Lambda sends it.

    `number` orders the events of all groups. `timestamp` is in epoch milliseconds.
    """

    number: int
    stream: str
    timestamp: int
    message: str


class LogEvents:
    """The latest events of each log group."""

    def __init__(self) -> None:
        self._groups: dict[str, _Ring] = {}
        self._numbers = itertools.count(1)

    def open(self, group: str) -> None:
        """Create a log group unless it exists, as a deployment does."""
        self._groups.setdefault(group, _Ring())

    def add(self, group: str, stream: str, data: bytes) -> None:
        """Keep the output of a function as one event for each line."""
        now = int(time.time() * 1000)
        # Lambda splits events only at newlines: a carriage return stays inside.
        for line in io.BytesIO(data):
            message = line.decode("utf-8", "replace")
            event = LogEvent(next(self._numbers), stream, now, message)
            self._groups[group].append(event)

    def find(
        self, group: str, wanted: Callable[[LogEvent], bool], after: int = 0
    ) -> Iterator[LogEvent]:
        """Yield the wanted events of a group, the oldest first.

        Events with the number `after` or a lower one are left out. Raises
        `UnknownGroupError` at once.
        """
        if group not in self._groups:
            raise UnknownGroupError(group)
        return (
            event
            for event in self._groups[group].events
            if event.number > after and wanted(event)
        )


class _Ring:
    """Events up to a number and a total size; the oldest are dropped first."""

    def __init__(self) -> None:
        self.events: deque[LogEvent] = deque()
        self._characters = 0

    def append(self, event: LogEvent) -> None:
        self.events.append(event)
        self._characters += len(event.message)
        while len(self.events) > MAX_EVENTS or self._characters > MAX_CHARACTERS:
            self._characters -= len(self.events.popleft().message)
