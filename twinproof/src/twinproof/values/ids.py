"""How ids are written: the notations that `[ids]` of twinproof.toml may name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Notation:
    """One way to write an id."""

    label: str
    """What a report says where a value is none."""
    pattern: str
    """Of the whole text."""


NOTATIONS = {
    # https://github.com/ulid/spec: the first digit holds the top 3 of 48 bits.
    "ulid": Notation("a ULID", "[0-7][0-9A-HJKMNP-TV-Z]{25}"),
    # RFC 9562, section 4, as it is written out: in lower case.
    "uuid": Notation("a UUID", "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
}
"""Every notation that a contract can name under `[ids]`."""


def label_of(notations: Iterable[str]) -> str:
    """Return what a value must be to be an id in one of these notations."""
    return " or ".join(NOTATIONS[name].label for name in notations)


def is_id(value: object, notations: Iterable[str]) -> bool:
    """Say whether a value is an id in one of these notations."""
    found = ids_in(tuple(notations)).fullmatch
    return isinstance(value, str) and found(value) is not None


@cache
def ids_in(notations: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds the ids in a text; without a notation there are none."""
    return re.compile("|".join(NOTATIONS[name].pattern for name in notations) or "(?!)")
