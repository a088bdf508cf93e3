"""Holds what an exchange left behind: schemas, rules, the answer, and nothing more."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from contract.plugin.effects import arrived
from contract.plugin.keys import (
    USERS,
    guard_key,
    idempotency_key,
    object_key,
    record_key,
)
from contract.suite.conformance import value_at
from contract.suite.matching import MISSING, Mismatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract.suite.exchanges import Item, Key
    from contract.suite.observation import Observation
    from contract.suite.rulebook import Rulebook

# rules.md, Uploads: what holds the place of a deleted asset, and for how long.
UPLOAD_WINDOW_MS = 90_000_000
EMPTY_OBJECT: Item = {
    "sha256": hashlib.sha256(b"").hexdigest(),
    "size": 0,
    "contentType": "application/octet-stream",
}


def stored_mismatches(book: Rulebook, seen: Observation) -> Iterator[Mismatch]:
    """Yield everything that is wrong with what is stored."""
    for key, item in seen.exchange.stored.items():
        if item is not None and not key.is_object:
            yield from _item(book, seen, key, item)
    yield from _changes(seen)
    if seen.exchange.succeeded:
        yield from _record(seen)


def _item(
    book: Rulebook, seen: Observation, key: Key, item: Item
) -> Iterator[Mismatch]:
    if seen.exchange.before.get(key) == item:
        # Laid down so, or held when it was written.
        return
    where, schema = key.label, book.contract.config.schema_of(key.kind)
    for fault in book.contract.schemas.faults(schema, dict(item)):
        got = value_at(item, fault.pointer)
        yield Mismatch(
            f"{where} {fault.pointer}", fault.what, got, f"schema {fault.keyword}"
        )
    yield from book.volatile.check(schema, seen.at(item, key), where)


def _changes(seen: Observation) -> Iterator[Mismatch]:
    """Yield what changed though the exchange was not to touch it."""
    exchange, may = seen.exchange, _may_change(seen)
    for key, now in exchange.stored.items():
        before = exchange.before.get(key)
        if before == now or key in may or key in seen.named:
            continue
        yield Mismatch(
            key.label,
            MISSING if before is None else before,
            MISSING if now is None else now,
            "an exchange leaves everything else as it was",
        )


def _may_change(seen: Observation) -> set[Key]:
    exchange, record = seen.exchange, seen.record
    if not exchange.succeeded or record is None:
        return set()
    before, now = exchange.before.get(record), exchange.stored.get(record)
    if exchange.request.method == "GET":
        return {record} if arrived(before, now) else set()
    if seen.repeats:
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


def _record(seen: Observation) -> Iterator[Mismatch]:
    """Yield where the record, and what goes with it, is not as was answered."""
    exchange, record = seen.exchange, seen.record
    if record is None or record not in exchange.stored:
        return
    now, before = exchange.stored[record], exchange.before.get(record)
    if exchange.request.method == "DELETE":
        yield from _deleted(seen, record, before, now)
        return
    body = exchange.json()
    if not isinstance(body, dict) or record_key(body) != record:
        return
    if now is None:
        yield Mismatch(record.label, "the record that was answered", MISSING)
        return
    for name, value in body.items():
        if name != "upload" and now.get(name, MISSING) != value:
            got = now.get(name, MISSING)
            yield Mismatch(f"{record.label} /{name}", value, got, "as answered")
    etag = exchange.response.header("etag")
    if etag is not None and etag != f'"{now.get("version")}"':
        yield Mismatch("header etag", f'"{now.get("version")}"', etag, "as stored")
    if exchange.request.method != "GET":
        yield from _companions(seen, record, before, now)


def _companions(
    seen: Observation, record: Key, before: Item | None, now: Item
) -> Iterator[Mismatch]:
    exchange = seen.exchange
    if seen.repeats:
        return
    moved = before is None or any(
        before.get(name) != now.get(name) for name in ("email", "expiresAt")
    )
    if record.table == USERS and moved:
        expected = {"owner": record.name, "expiresAt": now.get("expiresAt")}
        yield from _companion(seen, guard_key(str(now.get("email"))), expected)
        if before and before["email"] != now.get("email"):
            yield from _released(seen, record, before)
    key = exchange.request.header("idempotency-key")
    if key is not None and exchange.created:
        there = idempotency_key(exchange.operation, key)
        yield from _companion(seen, there, {"recordId": record.name})


def _companion(
    seen: Observation, key: Key, expected: dict[str, object]
) -> Iterator[Mismatch]:
    if key not in seen.exchange.stored or key in seen.named:
        return
    item = seen.exchange.stored[key]
    if item is None:
        yield Mismatch(key.label, {k: v for k, v in expected.items() if v}, MISSING)
        return
    for name, value in expected.items():
        if item.get(name) != value:
            wanted = MISSING if value is None else value
            got = item.get(name, MISSING)
            yield Mismatch(f"{key.label} /{name}", wanted, got, "as the record")


def _deleted(
    seen: Observation, record: Key, before: Item | None, now: Item | None
) -> Iterator[Mismatch]:
    if now is not None:
        yield Mismatch(record.label, MISSING, now, "deleted")
    if before and "email" in before:
        yield from _released(seen, record, before)
    there = object_key(before)
    if before and there and there in seen.exchange.stored.keys() - seen.named:
        yield from _emptied(seen, there, before)


def _emptied(seen: Observation, key: Key, before: Item) -> Iterator[Mismatch]:
    """Yield where a deleted asset's object is neither empty nor gone as it must be.

    At the end of the window either is right: the function's clock decides.
    """
    left = seen.exchange.stored[key]
    end = before["createdAt"] + UPLOAD_WINDOW_MS
    exchange, skew = seen.exchange, seen.skew_ms
    if left is None and exchange.received_ms + skew < end:
        yield Mismatch(key.label, EMPTY_OBJECT, MISSING, "emptied")
    elif left is not None and exchange.sent_ms - skew >= end:
        yield Mismatch(key.label, MISSING, left, "deleted")
    elif left is not None and dict(left) != EMPTY_OBJECT:
        yield Mismatch(key.label, EMPTY_OBJECT, left, "emptied")


def _released(seen: Observation, record: Key, before: Item) -> Iterator[Mismatch]:
    """Yield a guard of this user's that is left, or another's that is not."""
    key = guard_key(before["email"])
    was = seen.exchange.before.get(key)
    now = seen.exchange.stored.get(key)
    if key in seen.named:
        return
    mine = was is not None and was.get("owner") == record.name
    expected = None if mine else was
    if now != expected:
        yield Mismatch(
            key.label,
            MISSING if expected is None else expected,
            MISSING if now is None else now,
            "a guard is released by its owner",
        )
