"""The notations of ids that `[ids]` of twinproof.toml may name."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

Chance = Callable[[int], int]
"""Returns a random number of this many bits."""
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _ulid(time_ms: int, chance: Chance) -> str:
    """Return a ULID: 48 bits of milliseconds and 80 of chance, 5 to a digit."""
    number = time_ms % 2**48 << 80 | chance(80)
    return "".join(CROCKFORD[number >> bits & 31] for bits in range(125, -1, -5))


def _uuid(time_ms: int, chance: Chance) -> str:
    """Return a UUID of version 7 (RFC 9562, section 5.7)."""
    bits = time_ms % 2**48 << 80 | 0b0111 << 76 | chance(12) << 64
    return str(uuid.UUID(int=bits | 0b10 << 62 | chance(62)))


@dataclass(frozen=True)
class Notation:
    """One way to write an id."""

    label: str
    """What reports say if a value is not such an id."""
    pattern: str
    """Matches the whole text."""
    new: Callable[[int, Chance], str]
    """Returns an id for a time in epoch milliseconds.

    Two targets that are compared draw the same bits at different times. So their ids
    differ, also in one store, and have the same order.
    """


NOTATIONS = {
    # https://github.com/ulid/spec: the first digit holds the top 3 of 48 bits.
    "ulid": Notation("a ULID", "[0-7][0-9A-HJKMNP-TV-Z]{25}", _ulid),
    # RFC 9562, section 4: written in lower case.
    "uuid": Notation("a UUID", "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", _uuid),
}
"""Every notation that a contract can name under `[ids]`."""


def new_id(notations: Iterable[str], time_ms: int, chance: Chance) -> str:
    """Return a new id in the first of these notations; if there is none, in any."""
    first = next(iter(notations), next(iter(NOTATIONS)))
    return NOTATIONS[first].new(time_ms, chance)


def label_of(notations: Iterable[str]) -> str:
    """Return what reports say of ids in these notations."""
    return " or ".join(NOTATIONS[name].label for name in notations)


def is_id(value: object, notations: Iterable[str]) -> bool:
    """Say whether a value is an id in one of these notations."""
    found = ids_in(tuple(notations)).fullmatch
    return isinstance(value, str) and found(value) is not None


@cache
def ids_in(notations: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern that finds ids in a text; it finds none without a notation."""
    return re.compile("|".join(NOTATIONS[name].pattern for name in notations) or "(?!)")
