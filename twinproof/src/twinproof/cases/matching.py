"""Compares expected with actual values exactly, and names every difference."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from twinproof.cases.expressions import evaluate
from twinproof.cases.language import Language, Scope, Value
from twinproof.contract.ecma import is_whole
from twinproof.contract.schemas import pointer_of
from twinproof.errors import BadExpression, UnboundName
from twinproof.values.integers import is_integer

MATCHERS = frozenset({"bind", "match", "pattern", "any", "absent", "between", "own"})


class Missing:
    """A value that is absent."""

    def __repr__(self) -> str:
        """Return the word for reports."""
        return "nothing"


MISSING = Missing()


@dataclass(frozen=True)
class Mismatch:
    """One difference between an expected and an actual value."""

    where: str
    """Part of the exchange, and a JSON Pointer into it: `body /errors`."""
    expected: Value
    """The expected value; MISSING if none was expected."""
    got: Value
    check: str = ""
    """What requires it, unless the case itself does."""


Free = Mapping[str, Set[str]]
"""Fields that an expectation may omit, by the JSON Pointer of their object.

`*` is any position in a list.
"""
ALL_NAMED: Free = {}
_POSITION = re.compile("/[0-9]+(?=/|$)")


def free_at(free: Free, pointer: str) -> Set[str]:
    """Return the fields that may be omitted in the object at a JSON Pointer."""
    return free.get(_POSITION.sub("/*", pointer), frozenset())


JsonPath = tuple[str | int, ...]
"""The names and positions that lead to a value."""


class Comparison:
    """One walk through an expectation; binds names and collects mismatches."""

    def __init__(self, scope: Scope, where: str, free: Free = ALL_NAMED) -> None:
        self._scope = scope
        self._where = where
        self._free = {
            tuple(pointer.split("/")[1:]): names for pointer, names in free.items()
        }
        self.mismatches: list[Mismatch] = []

    def compare(
        self,
        expected: Value,
        actual: Value,
        before: Sequence[Mismatch],
        *,
        is_body: bool = False,
    ) -> list[Mismatch]:
        """Return what is wrong with a part of a response.

        A name may be unbound if the part that should bind it failed: `before` are the
        mismatches of the earlier parts.
        """
        try:
            (self.body if is_body else self.value)(expected, actual)
        except UnboundName:
            if not (before or self.mismatches):
                raise
        return self.mismatches

    def body(self, expected: Value, actual: Value) -> None:
        """Compare a body or an item; some names in it are members, not expressions."""
        if self._scope.language.is_bare(expected):
            self._mapping(expected, actual, ())
        else:
            self.value(expected, actual)

    def value(self, expected: Value, actual: Value, path: JsonPath = ()) -> None:
        """Compare a value that may be an expression or a matcher."""
        if isinstance(expected, dict) and len(expected) == 1:
            name, argument = next(iter(expected.items()))
            if name in MATCHERS:
                self._matcher(name, argument, actual, path)
                return
            if name in self._scope.language.expressions:
                self._plain(evaluate(expected, self._scope), actual, path)
                return
        if isinstance(expected, dict):
            self._mapping(expected, actual, path)
        elif isinstance(expected, list):
            self._sequence(expected, actual, path)
        else:
            self._scalar(expected, actual, path)

    def _plain(self, expected: Value, actual: Value, path: JsonPath) -> None:
        """Compare with a value without expressions."""
        if isinstance(expected, Mapping):
            self._members(expected, actual, path, self._plain)
        elif isinstance(expected, list):
            self._items(expected, actual, path, self._plain)
        else:
            self._scalar(expected, actual, path)

    def _mapping(self, expected: Value, actual: Value, path: JsonPath) -> None:
        self._members(expected, actual, path, self.value)

    def _sequence(self, expected: Value, actual: Value, path: JsonPath) -> None:
        self._items(expected, actual, path, self.value)

    def _members(
        self,
        expected: Mapping[str, Value],
        actual: Value,
        path: JsonPath,
        compare: Callable[[Value, Value, JsonPath], None],
    ) -> None:
        if not isinstance(actual, dict):
            self._add(path, self._shown(expected), actual)
            return
        for name, value in expected.items():
            compare(value, actual.get(name, MISSING), (*path, name))
        free = self._free_at(path)
        for name, value in actual.items():
            if name not in expected and name not in free:
                self._add((*path, name), MISSING, value)

    def _items(
        self,
        expected: list[Value],
        actual: Value,
        path: JsonPath,
        compare: Callable[[Value, Value, JsonPath], None],
    ) -> None:
        if not isinstance(actual, list):
            self._add(path, self._shown(expected), actual)
            return
        for number in range(max(len(expected), len(actual))):
            here = (*path, number)
            if number >= len(expected):
                self._add(here, MISSING, actual[number])
            elif number >= len(actual):
                self._add(here, self._shown(expected[number]), MISSING)
            else:
                compare(expected[number], actual[number], here)

    def _scalar(self, expected: Value, actual: Value, path: JsonPath) -> None:
        # True == 1 == 1.0 in Python; in JSON they are three values.
        if type(expected) is not type(actual) or expected != actual:
            self._add(path, expected, actual)

    def _matcher(
        self, name: str, argument: Value, actual: Value, path: JsonPath
    ) -> None:
        if name == "absent":
            if actual is not MISSING:
                self._add(path, MISSING, actual)
        elif actual is MISSING:
            self._add(path, {name: argument}, actual)
        elif name == "bind":
            self._scope.names[argument] = actual
        elif name == "own":
            self._own(argument, actual, path)
        elif name != "any" and not self._fits(name, argument, actual):
            self._add(path, {name: argument}, actual)

    def _fits(self, name: str, argument: Value, actual: Value) -> bool:
        if name == "match":
            return self._scope.language.test(argument)(actual)
        if name == "pattern":
            return isinstance(actual, str) and is_whole(argument, actual)
        low, high = evaluate(argument, self._scope)
        return is_integer(actual) and low <= actual <= high

    def _own(self, argument: Value, actual: Value, path: JsonPath) -> None:
        if not isinstance(actual, list):
            self._add(path, {"own": argument}, actual)
            return
        id_of, owned = self._scope.language.id_of, self._scope.owned
        mine = [record for record in actual if id_of(record) in owned]
        self.value(argument, mine, path)

    def _shown(self, expected: Value) -> Value:
        try:
            return evaluate(expected, self._scope)
        except BadExpression:
            return expected

    def _free_at(self, path: JsonPath) -> Set[str]:
        anywhere = tuple("*" if isinstance(step, int) else step for step in path)
        return self._free.get(anywhere, frozenset())

    def _add(self, path: JsonPath, expected: Value, got: Value) -> None:
        # The pointer is built only here, because most values are equal.
        where = f"{self._where} {pointer_of(path)}".rstrip()
        self.mismatches.append(Mismatch(where, expected, got))


def unknown_tests(expected: Value, language: Language) -> Iterator[str]:
    """Yield the fault of each name after `match` that is not defined."""
    if isinstance(expected, list):
        for part in expected:
            yield from unknown_tests(part, language)
    elif isinstance(expected, dict):
        name = expected.get("match") if len(expected) == 1 else None
        if isinstance(name, str) and (fault := language.unknown(name)):
            yield fault
        if expected.keys() != {"literal"}:
            yield from unknown_tests(list(expected.values()), language)
