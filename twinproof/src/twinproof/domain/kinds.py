"""What a kind of volatile value is: what it must be, and what is compared instead."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twinproof.domain.names import Names
from twinproof.domain.observation import Observation

Expected = Callable[[Any, "Observation"], str]
"""Returns what a value must be, in words; "" where it is so."""

# Any: what a form is matters to nobody; two of them are equal or they are not.
Form = Callable[[Any, "Observation", "Names"], Any]
"""Returns what is equal on both targets exactly where their values say the same.

Of a value that is not of the kind this is the value itself, so that it differs.
"""


def nothing_expected(_: Any, __: Observation) -> str:
    """Accept any value."""
    return ""


@dataclass(frozen=True)
class Kind:
    """A kind of value that cannot be the same twice."""

    name: str
    expected: Expected = nothing_expected
    form: Form | None = None
    """None: where a value is as expected, nothing of it is left to compare."""

    def canonical(self, value: Any, seen: Observation, names: Names) -> Any:
        """Return what is compared in place of a value."""
        if self.form is not None:
            return self.form(value, seen, names)
        return as_is(value, seen, names) if self.expected(value, seen) else (self.name,)

    @property
    def is_by_member(self) -> bool:
        """Say whether the members of a value have kinds, and not the value itself."""
        return self.form is by_member

    @property
    def only_compares(self) -> bool:
        """Say whether it would accept any value of one target by itself."""
        return self.expected is nothing_expected and not self.is_by_member


def as_is(value: Any, _: Observation | None, names: Names) -> Any:
    """Return a value by itself, kind and all: True, 1 and 1.0 are three values."""
    if isinstance(value, str):
        return names.text(value)
    return ("json", names.text(json.dumps(value, sort_keys=True, default=repr)))


def by_member(_: Any, __: Observation, ___: Names) -> Any:
    """Stand for a value whose members are compared one by one."""
    return None


def equal(value: object, expected: object) -> str:
    """Expect a value to equal another, type and all."""
    held = type(value) is type(expected) and value == expected
    return "" if held else repr(expected)
