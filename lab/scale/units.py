"""DynamoDB's request units, by the documented rules.

An emulator's `ConsumedCapacity` is not used, because it is only a guess. Source:
Amazon DynamoDB developer guide, "DynamoDB item sizes and formats", "Read and write
operations", "Using global secondary indexes" (write activity), "Transactions".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Attributes = Mapping[str, Mapping[str, str]]
"""An item in DynamoDB's format; this service has the types S and N only."""

WRITE_UNIT_BYTES = 1_024
READ_UNIT_BYTES = 4_096
TRANSACTION_FACTOR = 2
EVENTUAL_FACTOR = 0.5


@dataclass(frozen=True)
class Indexes:
    """The global secondary indexes of a table: key attributes in order, by name."""

    keys: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Write:
    """An item before and after a write; None if it does not exist."""

    old: Attributes | None
    new: Attributes | None
    transactional: bool = False


def item_bytes(item: Attributes) -> int:
    """Return an item's size in bytes: its names, and values as DynamoDB counts them.

    A number takes one byte for every two significant digits and one more; AWS calls
    this approximate.
    """
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, str]) -> int:
    if "S" in value:
        return len(value["S"].encode())
    digits = value["N"].lstrip("-").lstrip("0").rstrip("0")
    return math.ceil(len(digits) / 2) + 1 + value["N"].startswith("-")


def read_units(items: Iterable[Attributes], *, consistent: bool) -> float:
    """Return the units of a GetItem or a Query.

    The sum of the sizes counts. A read that finds nothing costs as much as the smallest
    item. An eventually consistent read costs half.
    """
    size = sum(map(item_bytes, items))
    units = max(1, math.ceil(size / READ_UNIT_BYTES))
    return units * (1 if consistent else EVENTUAL_FACTOR)


def table_units(write: Write) -> float:
    """Return the units of a write in the table, by the larger of both items."""
    size = max(item_bytes(item or {}) for item in (write.old, write.new))
    return _units(size) * (TRANSACTION_FACTOR if write.transactional else 1)


def index_units(write: Write, indexes: Indexes) -> dict[str, float]:
    """Return the units of a write in each index that it changes.

    Every index here projects all attributes. A changed key is two writes, one to remove
    and one to add. A transaction does not double them: indexes are written after it.
    """
    costs = {
        name: _index_units(write, attributes)
        for name, attributes in indexes.keys.items()
    }
    return {name: units for name, units in costs.items() if units}


def _index_units(write: Write, attributes: Sequence[str]) -> float:
    before, after = _key(write.old, attributes), _key(write.new, attributes)
    sizes = [item_bytes(item or {}) for item in (write.old, write.new)]
    if before == after:
        changed = before is not None and write.old != write.new
        return _units(max(sizes)) if changed else 0
    touched = zip((before, after), sizes, strict=True)
    return sum(_units(size) for key, size in touched if key is not None)


def _key(
    item: Attributes | None, attributes: Sequence[str]
) -> tuple[Mapping[str, str], ...] | None:
    """Return an item's key in an index, or None if the index does not contain it."""
    if item is None or not all(name in item for name in attributes):
        return None
    return tuple(item[name] for name in attributes)


def _units(size: int) -> int:
    return max(1, math.ceil(size / WRITE_UNIT_BYTES))
