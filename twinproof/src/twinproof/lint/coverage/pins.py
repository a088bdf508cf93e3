"""What a case pins: the values whose change or loss makes the case fail.

It follows `matching.Comparison`: a body is compared whole, so everything that a case
names is pinned, except for a matcher that accepts many values.
"""

from __future__ import annotations

from collections.abc import Iterator

from twinproof.cases.expressions import evaluate
from twinproof.cases.language import Scope, Value
from twinproof.cases.matching import MATCHERS, MISSING
from twinproof.contract.schemas import unescape_pointer
from twinproof.errors import UnboundName


class _Sign:
    """Stands for a value that a file cannot contain."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        """Return its name."""
        return self._name


OPEN = _Sign("OPEN")
"""Many values pass: `any`, `bind`, `match`, `pattern`, `between`."""
RUNTIME = _Sign("RUNTIME")
"""One value passes, which is known only while the case runs."""


def pinned_body(expected: Value, scope: Scope) -> Value:
    """Return what a body or an item pins, like `pinned`, for `Comparison.body`."""
    if scope.language.is_bare(expected):
        return {name: pinned(value, scope) for name, value in expected.items()}
    return pinned(expected, scope)


def pinned(expected: Value, scope: Scope) -> Value:
    """Return an expectation with expressions evaluated and matchers as `OPEN`.

    A reference to a value that only the response binds is `RUNTIME`. A field that must
    be absent is left out.
    """
    if isinstance(expected, dict) and len(expected) == 1:
        name, argument = next(iter(expected.items()))
        if name == "own":
            return pinned(argument, scope)
        if name in MATCHERS:
            return MISSING if name == "absent" else OPEN
        if name in scope.language.expressions:
            return _evaluated(expected, scope)
    if isinstance(expected, dict):
        parts = {name: pinned(value, scope) for name, value in expected.items()}
        return {name: part for name, part in parts.items() if part is not MISSING}
    if isinstance(expected, list):
        return [pinned(part, scope) for part in expected]
    return expected


def _evaluated(expected: Value, scope: Scope) -> Value:
    try:
        return evaluate(expected, scope)
    except UnboundName:
        return RUNTIME


def values_at(tree: Value, pointer: str) -> Iterator[Value]:
    """Yield every value at a pointer, in which `*` is any index of a list.

    MISSING stands for a field that an object on the way does not have.
    """
    step, _, rest = pointer[1:].partition("/")
    if not pointer:
        yield tree
    elif isinstance(tree, list) and step == "*":
        for part in tree:
            yield from values_at(part, f"/{rest}" if rest else "")
    elif isinstance(tree, dict):
        name = unescape_pointer(step)
        if name in tree:
            yield from values_at(tree[name], f"/{rest}" if rest else "")
        else:
            yield MISSING


def is_pinned(value: Value) -> bool:
    """Return whether a value in a tree of pins is a fixed one."""
    return value is not MISSING and value is not OPEN


def pins_a_value(tree: Value) -> bool:
    """Return whether a tree pins any value; an empty list or object is none."""
    if isinstance(tree, (dict, list)):
        return any(map(pins_a_value, tree.values() if isinstance(tree, dict) else tree))
    return is_pinned(tree)


def contradict(one: Value, other: Value) -> bool:
    """Return whether no response can pass both: they pin two values at one location."""
    if any(sign in (OPEN, RUNTIME) for sign in (one, other) if isinstance(sign, _Sign)):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        # A name in only one of them may be a volatile field, which need not be named.
        return any(contradict(one[name], other[name]) for name in one.keys() & other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) != len(other) or any(map(contradict, one, other))
    return type(one) is not type(other) or bool(one != other)
