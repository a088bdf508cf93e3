"""What recorded calls cost: DynamoDB's request units, S3's requests, waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lab.scale.measuring.recording import Json, RecordedCall
from lab.scale.units import (
    Indexes,
    Write,
    index_units,
    read_units,
    table_units,
)


@dataclass
class Consumption:
    """What one request to the service used.

    `actions` counts calls, `waits` the kinds of calls waited for one after the other.
    `index_writes` has write units by index.
    """

    actions: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    read_units: float = 0
    table_writes: float = 0
    index_writes: dict[str, float] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return it as calls.json has it."""
        return {
            "actions": dict(sorted(self.actions.items())),
            "waits": dict(sorted(self.waits.items())),
            "readUnits": self.read_units,
            "tableWriteUnits": self.table_writes,
            "indexWriteUnits": dict(sorted(self.index_writes.items())),
        }


class Meter:
    """Knows what stands in the tables, since every write passes by it."""

    def __init__(self, keys: Mapping[str, str], indexes: Mapping[str, Indexes]) -> None:
        self._keys = keys
        self._indexes = indexes
        self._items: dict[tuple[str, str], Json] = {}

    def forget(self) -> None:
        """Take note that the tables were emptied."""
        self._items.clear()

    def consumption(self, calls: Sequence[RecordedCall]) -> Consumption:
        """Return what the calls of one request used, and remember what they wrote.

        Calls of one action in a row are one wait: the shards of a list are asked side
        by side. A loaded machine may part them, so their times would not tell.
        """
        consumption = Consumption()
        last = ""
        for call in calls:
            consumption.actions[f"{call.service}:{call.action}"] += 1
            if call.action != last:
                consumption.waits[_kind(call)] += 1
            last = call.action
            if call.service == "dynamodb":
                self._add(call, consumption)
        return consumption

    def _add(self, call: RecordedCall, consumption: Consumption) -> None:
        asked, answer = call.request, call.answer
        if call.action == "GetItem":
            found = [answer["Item"]] if "Item" in answer else []
            consumption.read_units += read_units(found, consistent=_consistent(asked))
        elif call.action == "Query":
            consumption.read_units += read_units(
                answer["Items"], consistent=_consistent(asked)
            )
        elif call.action == "TransactWriteItems":
            for one in asked["TransactItems"]:
                ((kind, what),) = one.items()
                self._write(kind, what, call, consumption)
        else:
            self._write(call.action.removesuffix("Item"), asked, call, consumption)

    def _write(
        self, kind: str, what: Json, call: RecordedCall, consumption: Consumption
    ) -> None:
        """Add one write; what was refused is paid for in the table alone."""
        table = what["TableName"]
        new = what["Item"] if kind == "Put" else None
        key = (new or what["Key"])[self._keys[table]]["S"]
        old = self._items.get((table, key))
        write = Write(old, new, call.action == "TransactWriteItems")
        consumption.table_writes += table_units(write)
        if call.status != 200:
            return
        for index, units in index_units(write, self._indexes[table]).items():
            consumption.index_writes[index] = (
                consumption.index_writes.get(index, 0) + units
            )
        if new is None:
            self._items.pop((table, key), None)
        else:
            self._items[table, key] = new


def _consistent(asked: Json) -> bool:
    """Return whether a read is strongly consistent; by default it is not."""
    return bool(asked.get("ConsistentRead", False))


def _kind(call: RecordedCall) -> str:
    """Return what a call is to whom waits for it; assumptions.json has its time."""
    if call.service == "s3":
        return "s3"
    if call.action == "TransactWriteItems":
        return "transaction"
    return "read" if call.action in {"GetItem", "Query"} else "write"
