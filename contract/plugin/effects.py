"""What the operations of this service do to what is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from contract.plugin.keys import (
    ID_OF,
    USERS,
    guard_key,
    idempotency_key,
    object_key,
    record_key,
)
from contract.plugin.ulids import is_ulid, time_of
from twinproof.plugin import (
    MISSING,
    Creators,
    Exchange,
    Item,
    Key,
    Mismatch,
    Observation,
    created_key,
)

IDEMPOTENCY_KEY = "idempotency-key"
# rules.md, Uploads: the object that replaces a deleted asset's, and for how long.
UPLOAD_WINDOW_MS = 90_000_000
EMPTY_OBJECT: Item = {
    "sha256": hashlib.sha256(b"").hexdigest(),
    "size": 0,
    "contentType": "application/octet-stream",
}


@dataclass(frozen=True)
class ServiceEffects:
    """What a request may change beside its record: guard, object, idempotency item."""

    def read_may_write(self, before: Item | None, now: Item | None) -> bool:
        """Say whether a read has found an upload, which is the only write of a read."""
        return bool(
            before
            and now
            and before.get("status") == "pending"
            and now.get("status") == "uploaded"
        )

    def may_change(self, seen: Observation) -> Set[Key]:
        """Return the keys that the exchange may have changed."""
        exchange, record = seen.exchange, seen.record
        if not exchange.succeeded or record is None:
            return set()
        before, now = exchange.before.get(record), exchange.stored.get(record)
        if exchange.request.method == "GET":
            return {record} if self.read_may_write(before, now) else set()
        if seen.repeats:
            # A repeat with an Idempotency-Key writes nothing.
            return set()
        may = {record}
        for item in (before, now):
            if item and "email" in item:
                may.add(guard_key(item["email"]))
            if now is None and (its_object := object_key(item)):
                may.add(its_object)
        key = exchange.request.header(IDEMPOTENCY_KEY)
        if key is not None and exchange.created:
            may.add(idempotency_key(exchange.operation, key))
        return may

    def check(self, seen: Observation) -> Iterator[Mismatch]:
        """Yield where the ETag, guard, object or idempotency item is wrong."""
        exchange, record = seen.exchange, seen.record
        if not exchange.succeeded or record is None or record not in exchange.stored:
            return
        now, before = exchange.stored[record], exchange.before.get(record)
        if exchange.request.method == "DELETE":
            yield from _deleted(seen, record, before, now)
            return
        body = exchange.json()
        if now is None or not isinstance(body, dict) or record_key(body) != record:
            return
        etag, version = exchange.response.header("etag"), f'"{now.get("version")}"'
        if etag is not None and etag != version:
            yield Mismatch("header etag", version, etag, "as stored")
        if exchange.request.method != "GET":
            yield from _companions(seen, record, before, now)

    def creators(self, exchanges: Sequence[Exchange], skew_ms: int) -> Creators:
        """Return which of many exchanges created each record."""
        by_id = _creators(exchanges, skew_ms)
        return Creators(by_id, list(_under_another_key(exchanges, by_id)))


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
            yield from _freed_guard(seen, record, before)
    key = exchange.request.header(IDEMPOTENCY_KEY)
    if key is not None and exchange.created:
        item_key = idempotency_key(exchange.operation, key)
        yield from _companion(seen, item_key, {"recordId": record.name})


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
        yield from _freed_guard(seen, record, before)
    key = object_key(before)
    if before and key and key in seen.exchange.stored.keys() - seen.named:
        yield from _emptied_object(seen, key, before)


def _emptied_object(seen: Observation, key: Key, before: Item) -> Iterator[Mismatch]:
    """Yield a mismatch if a deleted asset's object is not empty or gone as it must be.

    Near the end of the window both are right, because the function's clock decides.
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


def _freed_guard(seen: Observation, record: Key, before: Item) -> Iterator[Mismatch]:
    """Yield a guard of this user that still exists, or a changed guard of another."""
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


def _creators(exchanges: Sequence[Exchange], skew_ms: int) -> dict[str, Exchange]:
    """Return, by id, which of many exchanges created the record in their responses.

    It is the first exchange sent of those that were under way at the time in the id.
    If there is none, any of them is returned, and the check of ids reports the time.
    """
    creators: dict[str, Exchange] = {}
    for exchange in sorted(exchanges, key=lambda each: each.sent_ms, reverse=True):
        key = created_key(exchange, record_key)
        if key is not None and is_ulid(key.name):
            low, high = exchange.sent_ms - skew_ms, exchange.received_ms + skew_ms
            if key.name not in creators or low <= time_of(key.name) <= high:
                creators[key.name] = exchange
    return creators


def _under_another_key(
    exchanges: Sequence[Exchange], creators: Mapping[str, Exchange]
) -> Iterator[Mismatch]:
    """Yield each response with an id that was created under another Idempotency-Key.

    Only a request with the same key is a repeat. If a request without a key shows an
    existing id, the check of ids reports it.
    """
    for exchange in exchanges:
        created = created_key(exchange, record_key)
        own = exchange.request.header(IDEMPOTENCY_KEY)
        creator = creators.get(created.name) if created else None
        if created is None or creator is None or own is None:
            continue
        if own != creator.request.header(IDEMPOTENCY_KEY):
            where = f"body /{ID_OF[created.table]}"
            rule = "rules.md#idempotency"
            yield Mismatch(where, "an id of this key's own", created.name, rule)
