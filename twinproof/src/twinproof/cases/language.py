"""The language of cases: expressions, own values, and the scope of names."""

from __future__ import annotations

import difflib
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

from twinproof.contract.config import Own
from twinproof.contract.ecma import is_whole
from twinproof.errors import BadExpression, UnboundName
from twinproof.values.ids import NOTATIONS, Chance, is_id
from twinproof.values.integers import is_integer

Test = Callable[[Any], bool]
# Any: a case's values are JSON of any shape.
Value = Any


@dataclass(frozen=True)
class Expression:
    """An expression of a case, and how it is evaluated."""

    apply: Callable[[Value, Scope], Value]
    yields: str = "any"
    """`text`, `number` or `any`: how its value is written in JSON."""


@dataclass(frozen=True)
class OwnText:
    """The end of every value that one expression of `[own]` makes in one play."""

    name: str
    """The name of the expression."""
    ending: str
    in_logs: bool = True
    """Whether a log line may contain it."""

    @property
    def domain(self) -> str:
        """Return the part after the last @; "" if there is none."""
        return self.ending.rpartition("@")[2] if "@" in self.ending else ""

    @property
    def mark(self) -> str:
        """Return the part that marks a text as the play's own."""
        return self.domain or self.ending

    @property
    def label(self) -> str:
        """Return what replaces the mark when two targets are compared."""
        return "<own domain>" if self.domain else f"<own {self.name}>"


@dataclass(frozen=True)
class Language:
    """The expressions of a contract, its own values, and the names for `match`."""

    expressions: Mapping[str, Expression]
    own: Mapping[str, Own] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)
    """`[match]`: ECMA-262 patterns by name."""
    notations: tuple[str, ...] = tuple(NOTATIONS)
    """`[ids]`: the notations of ids."""
    outputs: Mapping[str, int | str] = field(default_factory=dict)
    """Defaults of the facts that a target's stack may state."""
    id_of: Callable[[object], str] = lambda _: ""
    """Returns the id of the record in a value; "" if there is none."""

    @cached_property
    def members_first(self) -> frozenset[str]:
        """Return the names that are members directly under a body or an item."""
        return frozenset(name for name, own in self.own.items() if own.member_first)

    def is_expression(self, value: object) -> bool:
        """Say whether a value is an expression."""
        return _names_one_of(value, self.expressions)

    def is_bare(self, body: object) -> bool:
        """Say whether a body has one member, whose name is that of an expression.

        Deeper in a body the same is an expression.
        """
        return _names_one_of(body, self.members_first)

    def own_texts(self, case: str, run: str) -> tuple[OwnText, ...]:
        """Return the suffix of a case's own values in a run, by its hash."""
        return tuple(
            OwnText(name, _ending(own.format, case, run), own.in_logs)
            for name, own in self.own.items()
        )

    @cached_property
    def tests(self) -> Mapping[str, Test]:
        """Return the tests that `match` can name."""
        ids = {name: partial(is_id, notations=(name,)) for name in self.notations}
        patterns = {name: _like(pattern) for name, pattern in self.patterns.items()}
        return {**_TESTS, **ids, **patterns}

    def test(self, name: str) -> Test:
        """Return the test that a name after `match` means; raise `BadExpression`."""
        if name not in self.tests:
            raise BadExpression(f"{{match: {name}}}: {self.unknown(name)}")
        return self.tests[name]

    def unknown(self, name: str) -> str:
        """Return what is wrong with a name after `match`; "" if nothing is."""
        if name in self.tests:
            return ""
        [nearest] = difflib.get_close_matches(name, self.tests, n=1, cutoff=0.0)
        return f"no pattern is named {name}; the nearest is {nearest}"


@dataclass(frozen=True)
class Record:
    """A record that was set up: its body in the API, and its item."""

    table: str
    record_id: str
    public: Mapping[str, Value]
    item: Mapping[str, Value]


@dataclass
class Scope:
    """The names that expressions of one case refer to in one run."""

    language: Language
    case_hash: str
    run: str
    start_ms: int
    chance: Chance = secrets.randbits
    names: dict[str, Value] = field(default_factory=dict)
    index: int | None = None
    own: dict[str, set[str]] = field(default_factory=dict)
    """By expression of `[own]`: every value it made, as the service stores it."""
    owned: set[str] = field(default_factory=set)
    """The ids of the records that this case set up or created."""
    outputs: Mapping[str, int | str] = field(default_factory=dict)
    """Facts of the target's stack; the default of `[outputs]` where it has none."""

    def __post_init__(self) -> None:
        """Prepare for own values, and add the defaults of the stack."""
        for name in self.language.own:
            self.own.setdefault(name, set())
        self.outputs = {**self.language.outputs, **self.outputs}

    @cached_property
    def own_texts(self) -> tuple[OwnText, ...]:
        """Return the suffix of this case's own values in this run."""
        return self.language.own_texts(self.case_hash, self.run)

    def turn(self, index: int) -> Scope:
        """Return the scope of one turn of a loop: its own names, the rest shared."""
        return replace(self, names=dict(self.names), index=index)

    def look_up(self, reference: str) -> Value:
        """Return the value of `name` or `name.member`."""
        name, *steps = reference.split(".")
        if name not in self.names:
            raise UnboundName(reference)
        here = self.names[name]
        for step in steps:
            here = _member(here, step, reference)
        return _public(here)


def _public(value: Value) -> Value:
    if isinstance(value, list):
        return [_public(part) for part in value]
    return value.public if isinstance(value, Record) else value


def _member(value: Value, step: str, reference: str) -> Value:
    if isinstance(value, Record):
        value = {**value.item, **value.public}
    try:
        return value[int(step)] if isinstance(value, list) else value[step]
    except (KeyError, IndexError, ValueError, TypeError):
        raise UnboundName(reference) from None


def unlogged(own_texts: Iterable[OwnText]) -> tuple[str, ...]:
    """Return the marks of own values that no log line may contain."""
    return tuple(each.mark for each in own_texts if not each.in_logs)


def _ending(form: str, case: str, run: str) -> str:
    ending = form.removeprefix("{text}")
    return ending.replace("{case}", case).replace("{run}", run)


def _names_one_of(value: object, names: Mapping[str, Any] | frozenset[str]) -> bool:
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in names


def _like(pattern: str) -> Test:
    return lambda value: isinstance(value, str) and is_whole(pattern, value)


_TESTS: Mapping[str, Test] = {
    "epochMs": lambda value: is_integer(value) and value >= 0,
    "url": _like(r"https?://[^\s/?#]+/[!-~]*"),
    "requestId": _like("[!-~]{1,128}"),
}
