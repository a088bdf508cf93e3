"""Reads the end of an invocation's log, as Lambda's Invoke returns it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from twinproof.exchange.model import json_of

# LogType=Tail shows the last 4 KB; its first line may then be cut.
TAIL_BYTES = 4_096
PLATFORM = re.compile(r"(START|END|REPORT|INIT_START|XRAY|RESTORE_\w+) ?")

LogEvent = Mapping[str, Any]


def read_log(tail: str | None) -> tuple[tuple[LogEvent, ...], list[str]]:
    """Return the log events of a tail, and the other lines."""
    lines = (tail or "").splitlines()
    if len((tail or "").encode()) >= TAIL_BYTES:
        lines = lines[1:]
    events: list[LogEvent] = []
    strays: list[str] = []
    for line in lines:
        if not line.strip() or PLATFORM.match(line) or line.startswith("\t"):
            continue
        event = _event(line)
        if event is None:
            strays.append(line)
        else:
            events.append(event)
    return tuple(events), strays


def _event(line: str) -> LogEvent | None:
    try:
        event = json_of(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
