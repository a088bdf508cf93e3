"""The kinds of volatile values that only todos have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contract.suite.plugin import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract.suite.plugin import Observation, Side, Value

CURSOR = re.compile(r"([0-9]{1,16})\.([0-9a-f-]{36})")


def _time_of_creation(value: Value, seen: Observation) -> str:
    """Expect `createdAt` to be the time of the creation, and then to stay."""
    if seen.created:
        return seen.in_time(value)
    if seen.before is None or seen.before["createdAt"] == value:
        return ""
    return str(seen.before["createdAt"])


def _cursor(value: Value, _: Observation, side: Side) -> object:
    """Return a cursor by its todo, and by its time relative to the case's start."""
    found = CURSOR.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    return int(found[1]) - side.start_ms, side.text(found[2])


KINDS: Mapping[str, Kind] = {
    "time-of-creation": Kind("time-of-creation", expected=_time_of_creation),
    "cursor": Kind("cursor", form=_cursor),
}
