"""DynamoDB's request units, by the documented rules.

An emulator's `ConsumedCapacity` is not used: it is a guess of the emulator's. Source:
Amazon DynamoDB developer guide, "DynamoDB item sizes and formats", "Read and write
operations", "Using global secondary indexes" (write activity), "Transactions".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Attributes = Mapping[str, Mapping[str, str]]
"""An item as DynamoDB takes it; this service has S and N only."""

WRITE_UNIT_BYTES = 1_024
READ_UNIT_BYTES = 4_096
TRANSACTION_FACTOR = 2
EVENTUAL_FACTOR = 0.5


@dataclass(frozen=True)
class Indexes:
    """The global secondary indexes of a table: each one's key attributes, in order."""

    keys: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Write:
    """An item before and after a write; None where there is none."""

    old: Attributes | None
    new: Attributes | None
    transactional: bool = False


def item_bytes(item: Attributes) -> int:
    """Return an item's size: names, and values as DynamoDB counts them.

    A number takes an octet for every two significant digits, and one more; AWS calls
    that approximate.
    """
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, str]) -> int:
    if "S" in value:
        return len(value["S"].encode())
    digits = value["N"].lstrip("-").lstrip("0").rstrip("0")
    return math.ceil(len(digits) / 2) + 1 + value["N"].startswith("-")


def read_units(items: Iterable[Attributes], *, consistent: bool) -> float:
    """Return what a GetItem or a Query costs, of no item too.

    Sizes are first summed up; an eventually consistent read costs half.
    """
    octets = sum(map(item_bytes, items))
    units = max(1, math.ceil(octets / READ_UNIT_BYTES))
    return units * (1 if consistent else EVENTUAL_FACTOR)


def table_units(write: Write) -> float:
    """Return what a write costs in the table: by the larger of before and after."""
    octets = max(item_bytes(item or {}) for item in (write.old, write.new))
    return _units(octets) * (TRANSACTION_FACTOR if write.transactional else 1)


def index_units(write: Write, indexes: Indexes) -> dict[str, float]:
    """Return what a write costs in each index that it touches.

    Every index here projects all attributes. A changed key is two writes: one removes,
    one adds. Not doubled by a transaction, for an index is written after it.
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
    return sum(_units(octets) for key, octets in touched if key is not None)


def _key(
    item: Attributes | None, attributes: Sequence[str]
) -> tuple[Mapping[str, str], ...] | None:
    """Return an item's key in an index, None where it is not in it."""
    if item is None or not all(name in item for name in attributes):
        return None
    return tuple(item[name] for name in attributes)


def _units(octets: int) -> int:
    return max(1, math.ceil(octets / WRITE_UNIT_BYTES))
