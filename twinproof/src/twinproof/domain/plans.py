"""A plan: one sequence as data, before it is played on any target.

Its language is that of cases and journeys (contract/README.md, "Expressions"), so that
a plan can be saved as a journey. Besides the names that steps bind, these are bound
before the first step, to values of each target's own:

- `w.0` to `w.15`: milliseconds, each one less: the times of the sequence's window;
- `d.0` to `d.15`: the same as offsets from the start, for ids with a time in them.

Records that a list should show are set up in the window, where no other record is. A
list from the window's upper edge then shows the sequence's records first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

WINDOW = 16
END = "the end"
"""The name, or file name, of the records at the end of a window."""
WINDOW_FIRST, OWN_ONLY = "window", "own"
ETAG = "Etag"
"""The suffix of a record's name for its last ETag."""


@dataclass(frozen=True)
class PlanStep:
    """One request of a plan."""

    operation: str
    when: Mapping[str, Any] = field(default_factory=dict)
    bind: str = ""
    """The name that the body of a 2xx is bound to."""
    about: str = ""
    """The name of the request's record, whose ETag is kept."""
    shows: str = ""
    """What a list shows: WINDOW_FIRST, OWN_ONLY, or "" if also others' records."""
    tags: tuple[str, ...] = ()
    """The classes of hostile input in it."""


@dataclass(frozen=True)
class Plan:
    """One sequence: its fixtures, and its requests in order."""

    given: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[PlanStep, ...] = ()


def size_of(value: Any) -> int:
    """Return the size of a value, to find the simpler of two plans."""
    if isinstance(value, Mapping):
        return 1 + sum(len(name) + size_of(part) for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return 1 + sum(size_of(part) for part in value)
    if isinstance(value, int):
        return 1 + value.bit_length()
    return 1 + len(value) if isinstance(value, str) else 1


def refers_to(value: Any, name: str) -> bool:
    """Say whether a value refers to a name."""
    if isinstance(value, Mapping):
        if set(value) == {"ref"} and isinstance(value["ref"], str):
            head = value["ref"].partition(".")[0]
            return head in (name, name + ETAG)
        return any(refers_to(part, name) for part in value.values())
    if isinstance(value, (list, tuple)):
        return any(refers_to(part, name) for part in value)
    return False
