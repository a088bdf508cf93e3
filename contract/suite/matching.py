"""Compares what a case expects with what came, exactly, and names every difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contract.suite.ecma import is_whole
from contract.suite.errors import BadExpression
from contract.suite.expressions import (
    EXPRESSIONS,
    MEMBERS_FIRST,
    Scope,
    Value,
    evaluate,
    id_of,
)
from contract.suite.schemas import escape_pointer
from contract.suite.ulids import is_ulid

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


Free = Callable[[str], frozenset[str]]
"""Members that may stand unnamed in the object at a JSON Pointer."""


def no_free(_: str) -> frozenset[str]:
    """Return no member: everything is named."""
    return frozenset()


class Comparison:
    """One walk along an expectation, binding names and collecting mismatches."""

    def __init__(self, scope: Scope, where: str, free: Free = no_free) -> None:
        self._scope = scope
        self._where = where
        self._free = free
        self.mismatches: list[Mismatch] = []

    def body(self, expected: Value, actual: Value) -> None:
        """Compare a body or an item: `email` and `key` right under it are members."""
        if isinstance(expected, dict) and (
            len(expected) == 1 and MEMBERS_FIRST & expected.keys()
        ):
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
            if name in EXPRESSIONS:
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
        free = self._free(pointer)
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
            return KINDS[argument](actual)
        if name == "pattern":
            return isinstance(actual, str) and is_whole(argument, actual)
        low, high = evaluate(argument, self._scope)
        return _integer(actual) and low <= actual <= high

    def _own(self, argument: Value, actual: Value, pointer: str) -> None:
        if not isinstance(actual, list):
            self._differ(pointer, {"own": argument}, actual)
            return
        mine = [record for record in actual if id_of(record) in self._scope.owned]
        self.value(argument, mine, pointer)

    def _shown(self, expected: Value) -> Value:
        try:
            return evaluate(expected, self._scope)
        except BadExpression:
            return expected

    def _differ(self, pointer: str, expected: Value, got: Value) -> None:
        where = f"{self._where} {pointer}".rstrip()
        self.mismatches.append(Mismatch(where, expected, got))


def _below(pointer: str, name: str) -> str:
    return f"{pointer}/{escape_pointer(name)}"


def _integer(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _text_like(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and is_whole(pattern, value)


KINDS: dict[str, Callable[[Any], bool]] = {
    "ulid": is_ulid,
    "epochMs": lambda value: _integer(value) and value >= 0,
    "url": _text_like(r"https?://[^\s/?#]+/[!-~]*"),
    "cursor": _text_like("[A-Za-z0-9_-]+"),
    "requestId": _text_like("[!-~]{1,128}"),
    "writeId": _text_like("[0-9a-f]{32}"),
}
