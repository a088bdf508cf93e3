"""Notations of ids: how a text is known to be one."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEX = "[0-9a-f]"
_PATTERNS = {
    # 48 bits of milliseconds and 80 of chance, in Crockford's base 32.
    "ulid": "[0-7][0-9A-HJKMNP-TV-Z]{25}",
    # RFC 9562, in lower case.
    "uuid": f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}",
}
NOTATIONS = tuple(_PATTERNS)
"""Every notation that a contract can name under `[ids]`."""


def is_id(value: object, notations: Sequence[str]) -> bool:
    """Say whether a value is a text in one of these notations."""
    found = ids_in(tuple(notations)).fullmatch
    return isinstance(value, str) and found(value) is not None


@cache
def ids_in(notations: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds the ids in a text; without a notation there are none."""
    return re.compile("|".join(_PATTERNS[name] for name in notations) or "(?!)")
