"""Kinds of volatile values: the expected value, and the canonical form."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twinproof.domain.names import Names
from twinproof.domain.observation import Observation

Expected = Callable[[Any, "Observation"], str]
"""Returns in words what a value must be; "" if it is."""

# Any: forms are only compared with each other.
Form = Callable[[Any, "Observation", "Names"], Any]
"""Returns the canonical form: equal on both targets if their values mean the same.

For a value that is not of the kind it is the value itself, so that it differs.
"""


def nothing_expected(_: Any, __: Observation) -> str:
    """Accept any value."""
    return ""


@dataclass(frozen=True)
class Kind:
    """A kind of value that differs each time."""

    name: str
    expected: Expected = nothing_expected
    form: Form | None = None
    """None: an expected value needs no comparison."""

    def canonical(self, value: Any, seen: Observation, names: Names) -> Any:
        """Return the canonical form of a value."""
        if self.form is not None:
            return self.form(value, seen, names)
        return as_is(value, seen, names) if self.expected(value, seen) else (self.name,)

    @property
    def is_by_member(self) -> bool:
        """Say whether the members of a value have kinds instead of the value itself."""
        return self.form is by_member

    @property
    def only_compares(self) -> bool:
        """Say whether it accepts any value on a single target."""
        return self.expected is nothing_expected and not self.is_by_member


def as_is(value: Any, _: Observation | None, names: Names) -> Any:
    """Return a value with its type: True, 1 and 1.0 are three values."""
    if isinstance(value, str):
        return names.text(value)
    return ("json", names.text(json.dumps(value, sort_keys=True, default=repr)))


def by_member(_: Any, __: Observation, ___: Names) -> Any:
    """Return one mark: the members of such a value are compared one by one."""
    return None


def equal(value: object, expected: object) -> str:
    """Expect a value to equal another, with its type."""
    same = type(value) is type(expected) and value == expected
    return "" if same else repr(expected)
