"""The kinds of volatile values that only todos have."""

from __future__ import annotations

import re
from collections.abc import Mapping

from twinproof.plugin import Kind, Names, Observation, Value, as_is

CURSOR = re.compile(r"([0-9]{1,16})\.([0-9a-f-]{36})")


def _time_of_creation(value: Value, seen: Observation) -> str:
    """Expect `createdAt` to be the time of creation and to never change."""
    if seen.created:
        return seen.in_time(value)
    if seen.before is None or seen.before["createdAt"] == value:
        return ""
    return str(seen.before["createdAt"])


def _cursor(value: Value, _: Observation) -> str:
    """Expect the time and the id of a todo."""
    right = isinstance(value, str) and CURSOR.fullmatch(value)
    return "" if right else "a time, a dot and an id"


def _canonical(value: Value, seen: Observation, names: Names) -> object:
    """Return the todo of a cursor, and its time relative to the start of the case."""
    if _cursor(value, seen):
        return as_is(value, seen, names)
    time_ms, _, todo_id = value.partition(".")
    return int(time_ms) - names.start_ms, names.text(todo_id)


KINDS: Mapping[str, Kind] = {
    "time-of-creation": Kind("time-of-creation", _time_of_creation),
    "cursor": Kind("cursor", _cursor, _canonical),
}
