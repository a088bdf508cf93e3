"""Kinds that a contract describes as data, under `kinds` of volatile.yaml.

Each form makes a kind for the field at one path. Often the expected value depends on
the value before the exchange.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from twinproof.contract.ecma import is_whole
from twinproof.domain.kinds import Kind, as_is, equal
from twinproof.domain.names import Names
from twinproof.domain.observation import Observation
from twinproof.domain.tool_kinds import relative_time
from twinproof.values.integers import is_integer

KindEntry = Mapping[str, Any]
UNITS_MS = {
    "ms": 1,
    "s": 1_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 24 * 3_600_000,
}


def kind_of(name: str, entry: KindEntry, path: str) -> Kind:
    """Return the kind that volatile.yaml describes, for the field at a path."""
    make = next(make for form, make in FORMS.items() if form in entry)
    return make(name, entry, path)


def referred(entry: KindEntry) -> list[str]:
    """Return the paths of other fields that a described kind refers to."""
    paths = (
        entry.get("not-before"),
        *entry.get("offset", ())[:1],
        entry.get("seconds-up"),
    )
    return [path for path in paths if path]


def _written_at(name: str, entry: KindEntry, path: str) -> Kind:
    """Return the kind of a time that each write sets and nothing else changes."""
    floor = entry.get("not-before", "")

    def expected(value: Any, seen: Observation) -> str:
        if seen.written:
            return seen.in_time(value)
        if seen.before is not None:
            return equal(value, _at(seen.before, path))
        low = seen.document.get(floor, 0)
        high = seen.exchange.received_ms + seen.skew_ms
        fits = is_integer(value) and is_integer(low) and low <= value <= high
        return "" if fits else f"a time from {floor or 0} to {high}"

    def form(value: Any, seen: Observation, names: Names) -> Any:
        if not seen.written and seen.before is None:
            # No check: both targets read the same record.
            return relative_time(value, seen, names)
        return as_is(value, seen, names) if expected(value, seen) else (name,)

    return Kind(name, expected, form)


def _offset(name: str, entry: KindEntry, path: str) -> Kind:
    """Return the kind of a time at a fixed offset from another field's."""
    member, duration = entry["offset"]
    digits, unit = re.fullmatch("([0-9]+)([a-z]+)", duration).groups()  # type: ignore[union-attr] # its format says so
    offset_ms = int(digits) * UNITS_MS[unit]

    def expected(value: Any, seen: Observation) -> str:
        if entry.get("then") == "unchanged" and seen.before is not None:
            return equal(value, _at(seen.before, path))
        start = _at(seen.document, member)
        return equal(value, start + offset_ms) if is_integer(start) else ""

    return Kind(name, expected)


def _seconds_up(name: str, entry: KindEntry, path: str) -> Kind:
    """Return the kind of another field's milliseconds in seconds, rounded up."""

    def expected(value: Any, seen: Observation) -> str:
        time_ms = _at(seen.document, entry["seconds-up"])
        return (
            equal(value, -(-time_ms // 1000)) if is_integer(time_ms) else f"no {path}"
        )

    return Kind(name, expected)


def _drawn(name: str, entry: KindEntry, path: str) -> Kind:
    """Return the kind of a text that each write draws again."""
    pattern = entry["drawn"]

    def expected(value: Any, seen: Observation) -> str:
        if not isinstance(value, str) or not is_whole(pattern, value):
            return f"a text that matches {pattern}"
        if seen.before is None:
            return ""
        before = _at(seen.before, path)
        if seen.written:
            return f"a {path} other than before" if value == before else ""
        return equal(value, before)

    return Kind(name, expected)


def _counter(name: str, entry: KindEntry, path: str) -> Kind:
    """Return the kind of a number with a start that each write raises by one."""
    first = entry["counter"]

    def expected(value: Any, seen: Observation) -> str:
        if seen.created:
            return equal(value, first)
        before = _at(seen.before or {}, path)
        if is_integer(before):
            return equal(value, before + seen.written)
        fits = is_integer(value) and value >= first
        return "" if fits else f"{first} or more"

    return Kind(name, expected, as_is)


def _at(document: Mapping[str, Any], path: str) -> Any:
    """Return the field at a path; None if there is none."""
    here: Any = document
    for step in path.split("/"):
        here = here.get(step) if isinstance(here, Mapping) else None
    return here


FORMS: Mapping[str, Callable[[str, KindEntry, str], Kind]] = {
    "written-at": _written_at,
    "offset": _offset,
    "seconds-up": _seconds_up,
    "drawn": _drawn,
    "counter": _counter,
}
