"""Holds what an exchange left behind: schemas, rules, the answer, and nothing more."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contract.suite.conformance import value_at
from contract.suite.exchanges import Exchange, Item, Key
from contract.suite.items import (
    GUARD,
    IDEMPOTENCY,
    OBJECTS,
    USERS,
    Layout,
    guard_key,
    idempotency_key,
    object_key,
    schema_of,
    table_of,
)
from contract.suite.matching import MISSING, Mismatch
from contract.suite.rules import Subject, arrived, created_key, record_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract.suite.openapi import Contract
    from contract.suite.volatile import Volatile

# rules.md, Uploads: what holds the place of a deleted asset, and for how long.
UPLOAD_WINDOW_MS = 90_000_000
EMPTY_OBJECT: Item = {
    "sha256": hashlib.sha256(b"").hexdigest(),
    "size": 0,
    "contentType": "application/octet-stream",
}


@dataclass(frozen=True)
class Holding:
    """What is needed to judge the items around one exchange."""

    contract: Contract
    volatile: Volatile
    exchange: Exchange
    layout: Layout
    seen: frozenset[str]
    path_id: str | None
    skew_ms: int
    named: frozenset[Key]
    """Keys that the case's `after` names: it says itself what stands there."""

    def subject(self, key: Key, item: Item) -> Subject:
        """Return an item as the subject of the rules."""
        return Subject(
            self.exchange,
            item,
            key,
            self.path_id,
            self.seen,
            self.layout,
            self.skew_ms,
        )

    @property
    def record(self) -> Key | None:
        """Return where the record of the exchange is stored."""
        if self.exchange.created:
            return created_key(self.exchange)
        table = table_of(self.exchange.operation)
        return Key(table, self.path_id) if self.path_id else None


def stored_mismatches(holding: Holding) -> Iterator[Mismatch]:
    """Yield everything that is wrong with what is stored."""
    for key, item in holding.exchange.stored.items():
        if item is not None and key.table != OBJECTS:
            yield from _item(holding, key, item)
    yield from _changes(holding)
    if holding.exchange.succeeded:
        yield from _record(holding)


def _item(holding: Holding, key: Key, item: Item) -> Iterator[Mismatch]:
    if holding.exchange.before.get(key) == item:
        # Laid down so, or held when it was written.
        return
    where, schema = place(key), schema_of(key)
    for fault in holding.contract.schemas.faults(schema, dict(item)):
        got = value_at(item, fault.pointer)
        yield Mismatch(
            f"{where} {fault.pointer}", fault.what, got, f"schema {fault.keyword}"
        )
    yield from holding.volatile.check(schema, holding.subject(key, item), where)


def _changes(holding: Holding) -> Iterator[Mismatch]:
    """Yield what changed though the exchange was not to touch it."""
    exchange, may = holding.exchange, _may_change(holding)
    for key, now in exchange.stored.items():
        before = exchange.before.get(key)
        if before == now or key in may or key in holding.named:
            continue
        yield Mismatch(
            place(key),
            MISSING if before is None else before,
            MISSING if now is None else now,
            "an exchange leaves everything else as it was",
        )


def _may_change(holding: Holding) -> set[Key]:
    exchange, record = holding.exchange, holding.record
    if not exchange.succeeded or record is None:
        return set()
    before, now = exchange.before.get(record), exchange.stored.get(record)
    if exchange.request.method == "GET":
        return {record} if arrived(before, now) else set()
    if exchange.created and record.name in holding.seen:
        # A repeat under an Idempotency-Key writes nothing.
        return set()
    may = {record}
    for item in (before, now):
        if item and "email" in item:
            may.add(guard_key(item["email"]))
        if now is None and (there := object_key(item)):
            may.add(there)
    key = exchange.request.header("idempotency-key")
    if key is not None and exchange.created:
        may.add(idempotency_key(exchange.operation, key))
    return may


def _record(holding: Holding) -> Iterator[Mismatch]:
    """Yield where the record, and what goes with it, is not as was answered."""
    exchange, record = holding.exchange, holding.record
    if record is None or record not in exchange.stored:
        return
    now, before = exchange.stored[record], exchange.before.get(record)
    if exchange.request.method == "DELETE":
        yield from _deleted(holding, record, before, now)
        return
    body = exchange.json()
    if not isinstance(body, dict) or record_key(body) != record:
        return
    if now is None:
        yield Mismatch(place(record), "the record that was answered", MISSING)
        return
    for name, value in body.items():
        if name != "upload" and now.get(name, MISSING) != value:
            got = now.get(name, MISSING)
            yield Mismatch(f"{place(record)} /{name}", value, got, "as answered")
    etag = exchange.response.header("etag")
    if etag is not None and etag != f'"{now.get("version")}"':
        yield Mismatch("header etag", f'"{now.get("version")}"', etag, "as stored")
    if exchange.request.method != "GET":
        yield from _companions(holding, record, before, now)


def _companions(
    holding: Holding, record: Key, before: Item | None, now: Item
) -> Iterator[Mismatch]:
    exchange = holding.exchange
    if exchange.created and record.name in holding.seen:
        return
    moved = before is None or any(
        before.get(name) != now.get(name) for name in ("email", "expiresAt")
    )
    if record.table == USERS and moved:
        expected = {"owner": record.name, "expiresAt": now.get("expiresAt")}
        yield from _companion(holding, guard_key(str(now.get("email"))), expected)
        if before and before["email"] != now.get("email"):
            yield from _released(holding, record, before)
    key = exchange.request.header("idempotency-key")
    if key is not None and exchange.created:
        there = idempotency_key(exchange.operation, key)
        yield from _companion(holding, there, {"recordId": record.name})


def _companion(
    holding: Holding, key: Key, expected: dict[str, object]
) -> Iterator[Mismatch]:
    if key not in holding.exchange.stored or key in holding.named:
        return
    item = holding.exchange.stored[key]
    if item is None:
        yield Mismatch(place(key), {k: v for k, v in expected.items() if v}, MISSING)
        return
    for name, value in expected.items():
        if item.get(name) != value:
            wanted = MISSING if value is None else value
            got = item.get(name, MISSING)
            yield Mismatch(f"{place(key)} /{name}", wanted, got, "as the record")


def _deleted(
    holding: Holding, record: Key, before: Item | None, now: Item | None
) -> Iterator[Mismatch]:
    if now is not None:
        yield Mismatch(place(record), MISSING, now, "deleted")
    if before and "email" in before:
        yield from _released(holding, record, before)
    there = object_key(before)
    if before and there and there in holding.exchange.stored.keys() - holding.named:
        yield from _emptied(holding, there, before)


def _emptied(holding: Holding, key: Key, before: Item) -> Iterator[Mismatch]:
    """Yield where a deleted asset's object is neither empty nor gone as it must be.

    At the end of the window either is right: the function's clock decides.
    """
    left = holding.exchange.stored[key]
    end = before["createdAt"] + UPLOAD_WINDOW_MS
    exchange, skew = holding.exchange, holding.skew_ms
    if left is None and exchange.received_ms + skew < end:
        yield Mismatch(place(key), EMPTY_OBJECT, MISSING, "emptied")
    elif left is not None and exchange.sent_ms - skew >= end:
        yield Mismatch(place(key), MISSING, left, "deleted")
    elif left is not None and dict(left) != EMPTY_OBJECT:
        yield Mismatch(place(key), EMPTY_OBJECT, left, "emptied")


def _released(holding: Holding, record: Key, before: Item) -> Iterator[Mismatch]:
    """Yield a guard of this user's that is left, or another's that is not."""
    key = guard_key(before["email"])
    was = holding.exchange.before.get(key)
    now = holding.exchange.stored.get(key)
    if key in holding.named:
        return
    mine = was is not None and was.get("owner") == record.name
    expected = None if mine else was
    if now != expected:
        yield Mismatch(
            place(key),
            MISSING if expected is None else expected,
            MISSING if now is None else now,
            "a guard is released by its owner",
        )


def place(key: Key) -> str:
    """Return how a report names a stored thing, short enough to read."""
    if key.name.startswith(GUARD):
        return f"guard {key.name[len(GUARD) :]}"
    if key.name.startswith(IDEMPOTENCY):
        return f"idempotency {key.name[len(IDEMPOTENCY) :]}"
    return f"{key.table[:-1]} {key.name}"
