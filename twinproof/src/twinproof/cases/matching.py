"""Compares what a case expects with what came, exactly, and names every difference."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinproof.cases.expressions import evaluate
from twinproof.contract.schemas import escape_pointer
from twinproof.errors import BadExpression
from twinproof.values.ecma import is_whole
from twinproof.values.integers import is_integer

if TYPE_CHECKING:
    from twinproof.cases.language import Language, Scope, Value

MATCHERS = frozenset({"bind", "match", "pattern", "any", "absent", "between", "own"})


class Missing:
    """Stands for a value that is not there."""

    def __repr__(self) -> str:
        """Return the word a report prints."""
        return "nothing"


MISSING = Missing()


@dataclass(frozen=True)
class Mismatch:
    """One difference between what the contract or a case expects and what came."""

    where: str
    """Part of the exchange, and a JSON Pointer into it: `body /errors`."""
    expected: Value
    """What was expected; MISSING where nothing was."""
    got: Value
    rule: str = ""
    """What demands it, where that is not the case itself."""


Free = Mapping[str, Set[str]]
"""Members that may stand unnamed, by the JSON Pointer of their object.

A position in a list is written `*`: it may be any.
"""
ALL_NAMED: Free = {}
_POSITION = re.compile("/[0-9]+(?=/|$)")


def free_at(free: Free, pointer: str) -> Set[str]:
    """Return the members that may stand unnamed in the object at a JSON Pointer."""
    return free.get(_POSITION.sub("/*", pointer), frozenset())


class Comparison:
    """One walk along an expectation, binding names and collecting mismatches."""

    def __init__(self, scope: Scope, where: str, free: Free = ALL_NAMED) -> None:
        self._scope = scope
        self._where = where
        self._free = free
        self.mismatches: list[Mismatch] = []

    def body(self, expected: Value, actual: Value) -> None:
        """Compare a body or an item, in which some names are members' first."""
        if self._scope.language.is_bare(expected):
            self._mapping(expected, actual, "")
        else:
            self.value(expected, actual)

    def value(self, expected: Value, actual: Value, pointer: str = "") -> None:
        """Compare a value that may be an expression or a matcher."""
        if isinstance(expected, dict) and len(expected) == 1:
            name, argument = next(iter(expected.items()))
            if name in MATCHERS:
                self._matcher(name, argument, actual, pointer)
                return
            if name in self._scope.language.expressions:
                self._plain(evaluate(expected, self._scope), actual, pointer)
                return
        if isinstance(expected, dict):
            self._mapping(expected, actual, pointer)
        elif isinstance(expected, list):
            self._sequence(expected, actual, pointer)
        else:
            self._scalar(expected, actual, pointer)

    def _plain(self, expected: Value, actual: Value, pointer: str) -> None:
        """Compare with a value in which nothing stands for anything else."""
        if isinstance(expected, Mapping):
            self._members(expected, actual, pointer, self._plain)
        elif isinstance(expected, list):
            self._items(expected, actual, pointer, self._plain)
        else:
            self._scalar(expected, actual, pointer)

    def _mapping(self, expected: Value, actual: Value, pointer: str) -> None:
        self._members(expected, actual, pointer, self.value)

    def _sequence(self, expected: Value, actual: Value, pointer: str) -> None:
        self._items(expected, actual, pointer, self.value)

    def _members(
        self,
        expected: Mapping[str, Value],
        actual: Value,
        pointer: str,
        compare: Callable[[Value, Value, str], None],
    ) -> None:
        if not isinstance(actual, dict):
            self._differ(pointer, self._shown(expected), actual)
            return
        for name, value in expected.items():
            compare(value, actual.get(name, MISSING), _below(pointer, name))
        free = free_at(self._free, pointer)
        for name, value in actual.items():
            if name not in expected and name not in free:
                self._differ(_below(pointer, name), MISSING, value)

    def _items(
        self,
        expected: list[Value],
        actual: Value,
        pointer: str,
        compare: Callable[[Value, Value, str], None],
    ) -> None:
        if not isinstance(actual, list):
            self._differ(pointer, self._shown(expected), actual)
            return
        for number in range(max(len(expected), len(actual))):
            here = f"{pointer}/{number}"
            if number >= len(expected):
                self._differ(here, MISSING, actual[number])
            elif number >= len(actual):
                self._differ(here, self._shown(expected[number]), MISSING)
            else:
                compare(expected[number], actual[number], here)

    def _scalar(self, expected: Value, actual: Value, pointer: str) -> None:
        # True == 1 == 1.0 in Python; in JSON they are three values.
        if type(expected) is not type(actual) or expected != actual:
            self._differ(pointer, expected, actual)

    def _matcher(self, name: str, argument: Value, actual: Value, pointer: str) -> None:
        if name == "absent":
            if actual is not MISSING:
                self._differ(pointer, MISSING, actual)
        elif actual is MISSING:
            self._differ(pointer, {name: argument}, actual)
        elif name == "bind":
            self._scope.names[argument] = actual
        elif name == "own":
            self._own(argument, actual, pointer)
        elif name != "any" and not self._fits(name, argument, actual):
            self._differ(pointer, {name: argument}, actual)

    def _fits(self, name: str, argument: Value, actual: Value) -> bool:
        if name == "match":
            return self._scope.language.test(argument)(actual)
        if name == "pattern":
            return isinstance(actual, str) and is_whole(argument, actual)
        low, high = evaluate(argument, self._scope)
        return is_integer(actual) and low <= actual <= high

    def _own(self, argument: Value, actual: Value, pointer: str) -> None:
        if not isinstance(actual, list):
            self._differ(pointer, {"own": argument}, actual)
            return
        id_of, owned = self._scope.language.id_of, self._scope.owned
        mine = [record for record in actual if id_of(record) in owned]
        self.value(argument, mine, pointer)

    def _shown(self, expected: Value) -> Value:
        try:
            return evaluate(expected, self._scope)
        except BadExpression:
            return expected

    def _differ(self, pointer: str, expected: Value, got: Value) -> None:
        where = f"{self._where} {pointer}".rstrip()
        self.mismatches.append(Mismatch(where, expected, got))


def unknown_tests(expected: Value, language: Language) -> Iterator[str]:
    """Yield what is wrong with each name after a `match` that nothing has defined."""
    if isinstance(expected, list):
        for part in expected:
            yield from unknown_tests(part, language)
    elif isinstance(expected, dict):
        name = expected.get("match") if len(expected) == 1 else None
        if isinstance(name, str) and (fault := language.unknown(name)):
            yield fault
        if expected.keys() != {"literal"}:
            yield from unknown_tests(list(expected.values()), language)


def _below(pointer: str, name: str) -> str:
    return f"{pointer}/{escape_pointer(name)}"
