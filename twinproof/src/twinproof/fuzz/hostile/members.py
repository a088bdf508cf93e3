"""The members of each request body, from openapi.yaml and the schemas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any

from twinproof.contract.ecma import found
from twinproof.contract.openapi import Contract
from twinproof.contract.schemas import unescape_pointer
from twinproof.fuzz.hostile.texts import EDITS, edited, fitting
from twinproof.lint.coverage.walk import locations, types_of

MANY = 2**53 - 1
ATTEMPTS = 20


@dataclass(frozen=True)
class Clock:
    """Offsets in milliseconds for a member whose bounds depend on the time."""

    safe: tuple[int, ...]
    """Times this far from now fit the schema, even in a slow sequence."""
    edges: tuple[int, ...]
    """Times this far from now are at the bounds or past them."""


@dataclass(frozen=True)
class Member:
    """One member of a body, with its schema resolved."""

    name: str
    required: bool
    schema: Mapping[str, Any]
    own: str = ""
    """The expression of a value of the target's own; "": any value will do."""
    clock: Clock | None = None
    """Its bounds if they depend on the time; None: the schema has them."""

    @property
    def types(self) -> tuple[str, ...]:
        """Return the JSON types of its value."""
        return types_of(self.schema["type"])

    @property
    def lengths(self) -> tuple[int, int]:
        """Return the minimum and maximum length of a text, in code points."""
        return self.schema.get("minLength", 0), self.schema.get("maxLength", 200)

    @property
    def bounds(self) -> tuple[int, int]:
        """Return the minimum and the maximum number."""
        return self.schema.get("minimum", -MANY), self.schema.get("maximum", MANY)

    @property
    def example(self) -> str:
        """Return a text that fits the schema."""
        examples = self.schema.get("examples") or ["a"]
        return str(examples[0])

    def fits(self, text: str) -> bool:
        """Return whether a text fits the schema."""
        low, high = self.lengths
        pattern = self.schema.get("pattern")
        return low <= len(text) <= high and (pattern is None or found(pattern, text))


@dataclass(frozen=True)
class Bodies:
    """The request bodies of the operations."""

    contract: Contract
    own: Mapping[str, str] = field(default_factory=dict)
    """By the name of a member, the expression of a value of the target's own."""
    clock: Mapping[str, Clock] = field(default_factory=dict)
    """By the name of a member, bounds that depend on the time."""

    @cached_property
    def members(self) -> dict[str, tuple[Member, ...]]:
        """Return the members of each operation's body."""
        return {
            name: self._members(operation.request_content["application/json"])
            for name, operation in self.contract.operations.items()
            if operation.request_content
        }

    def _members(self, reference: str) -> tuple[Member, ...]:
        return tuple(
            Member(
                name := unescape_pointer(location.pointer[1:]),
                location.required,
                location.node,
                self.own.get(name, ""),
                self.clock.get(name),
            )
            for location in locations(self.contract.schemas, reference)
            if location.pointer.count("/") == 1
        )


def valid_value(rng: Random, member: Member) -> Any:
    """Return a value that fits a member's schema, as JSON or as an expression."""
    if "null" in member.types and rng.random() < 0.3:
        return None
    if "integer" in member.types:
        return _valid_number(rng, member)
    if "pattern" not in member.schema:
        return fitting(rng, *member.lengths)
    for _ in range(ATTEMPTS):
        text = _near(rng, member)
        if member.fits(text):
            return text
    return member.example


def _valid_number(rng: Random, member: Member) -> Any:
    if member.clock:
        return {"now": rng.choice(member.clock.safe)}
    low, high = member.bounds
    return rng.choice((low, low + 1, 3, 48_213, high - 1, high))


def _near(rng: Random, member: Member) -> str:
    """Return the example with a few edits, or stretched to the maximum length."""
    text = member.example
    if rng.random() < 0.2:
        at = rng.randrange(len(text))
        sign = rng.choice((text[at], *EDITS, "\U0001d49c", "字"))
        return text[:at] + sign * (member.lengths[1] - len(text)) + text[at:]
    for _ in range(rng.randrange(4)):
        text = edited(rng, text)
    return text
