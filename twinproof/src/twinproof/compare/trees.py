"""Compares two values as trees; a leaf has a shown value and a canonical form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twinproof.cases.matching import MISSING, Mismatch
from twinproof.checks.volatile import Volatile
from twinproof.contract.schemas import escape_pointer
from twinproof.domain.kinds import Kind, as_is
from twinproof.domain.names import Names
from twinproof.domain.observation import Observation


@dataclass(frozen=True)
class Leaf:
    """A value that is compared as a whole, by its canonical form."""

    shown: Any
    canonical: Any


# Any: a tree is a Leaf, a dict of trees or a list of trees.
Tree = Any


def tree_of(volatile: Volatile, schema: str, seen: Observation, names: Names) -> Tree:
    """Return a body, an item or a log event as a tree of leaves."""
    kinds = volatile.compared.get(schema, {})
    name = volatile.lists.items
    items = seen.document.get(name) if schema in volatile.pages else None
    if not isinstance(items, list):
        return _tree(seen.document, "", kinds, seen, names)
    rest = {other: value for other, value in seen.document.items() if other != name}
    # Other cases' records in the table do not matter here.
    own = [
        item
        for item in items
        if not isinstance(item, dict) or _owned(item, seen, names)
    ]
    records = [
        _record(volatile, schema, item, seen.within(f"{name}/{number}"), names)
        for number, item in enumerate(own)
    ]
    return {name: records, **_tree(rest, "", kinds, seen, names)}


def _owned(item: Mapping[str, Any], seen: Observation, names: Names) -> bool:
    key = seen.domain.records.shown(item)
    return key is None or names.owns(key.name)


def _record(
    volatile: Volatile, page: str, item: Any, seen: Observation, names: Names
) -> Tree:
    if not isinstance(item, dict):
        return Leaf(item, as_is(item, seen, names))
    part = seen.at(item, seen.domain.records.shown(item), seen.where)
    return tree_of(volatile, volatile.pages[page], part, names)


def _tree(
    value: Any, path: str, kinds: Mapping[str, Kind], seen: Observation, names: Names
) -> Tree:
    kind = kinds.get(path)
    if kind and not kind.is_by_member:
        return Leaf(value, kind.canonical(value, seen.within(path), names))
    if isinstance(value, dict):
        return {
            name: _tree(part, f"{path}/{name}".lstrip("/"), kinds, seen, names)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [
            _tree(part, f"{path}/{number}", kinds, seen, names)
            for number, part in enumerate(value)
        ]
    return Leaf(value, as_is(value, seen, names))


def shown(tree: Tree) -> Any:
    """Return the value of a tree."""
    if isinstance(tree, dict):
        return {name: shown(part) for name, part in tree.items()}
    if isinstance(tree, list):
        return [shown(part) for part in tree]
    return tree.shown if isinstance(tree, Leaf) else tree


def diff(left: Tree, right: Tree, where: str, pointer: str = "") -> Iterator[Mismatch]:
    """Yield each difference of two trees; the left value is `expected`."""
    if isinstance(left, dict) and isinstance(right, dict):
        names = [*left, *(name for name in right if name not in left)]
        for name in names:
            here = f"{pointer}/{escape_pointer(name)}"
            yield from diff(
                left.get(name, MISSING), right.get(name, MISSING), where, here
            )
    elif isinstance(left, list) and isinstance(right, list):
        for number in range(max(len(left), len(right))):
            yield from diff(
                left[number] if number < len(left) else MISSING,
                right[number] if number < len(right) else MISSING,
                where,
                f"{pointer}/{number}",
            )
    elif not _agree(left, right):
        where_ = f"{where} {pointer}".rstrip()
        yield Mismatch(where_, shown(left), shown(right), "must be equal")


def _agree(left: Tree, right: Tree) -> bool:
    if isinstance(left, Leaf) and isinstance(right, Leaf):
        return bool(left.canonical == right.canonical)
    # Both are missing, or they are trees of different types.
    return left is MISSING and right is MISSING
