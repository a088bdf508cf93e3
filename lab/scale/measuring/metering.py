"""Meters recorded calls: DynamoDB's request units, S3's requests, waits."""

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
    """The AWS resources that one request to the service used.

    `actions` counts calls by name. `waits` counts by kind the calls that followed each
    other. `index_writes` has write units by index.
    """

    actions: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    read_units: float = 0
    table_writes: float = 0
    index_writes: dict[str, float] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return it in the format of calls.json."""
        return {
            "actions": dict(sorted(self.actions.items())),
            "waits": dict(sorted(self.waits.items())),
            "readUnits": self.read_units,
            "tableWriteUnits": self.table_writes,
            "indexWriteUnits": dict(sorted(self.index_writes.items())),
        }


class Meter:
    """Meters calls; it knows the items of the tables, because it sees every write."""

    def __init__(self, keys: Mapping[str, str], indexes: Mapping[str, Indexes]) -> None:
        self._keys = keys
        self._indexes = indexes
        self._items: dict[tuple[str, str], Json] = {}

    def forget(self) -> None:
        """Forget all items, because the tables were emptied."""
        self._items.clear()

    def consumption(self, calls: Sequence[RecordedCall]) -> Consumption:
        """Return the consumption of one request's calls, and keep their writes.

        Successive calls of one action count as one wait: a list queries its shards in
        parallel. Times would not show that, because a busy machine delays some of them.
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
        """Add one write; a refused write costs units in the table only."""
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
    """Return whether a read is strongly consistent, which is not the default."""
    return bool(asked.get("ConsistentRead", False))


def _kind(call: RecordedCall) -> str:
    """Return the kind of a call, whose waiting time assumptions.json has."""
    if call.service == "s3":
        return "s3"
    if call.action == "TransactWriteItems":
        return "transaction"
    return "read" if call.action in {"GetItem", "Query"} else "write"
