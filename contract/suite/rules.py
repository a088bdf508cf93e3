"""The rules that hold volatile members: one small function each.

A rule returns "" where it holds, else what it expects, in words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from contract.suite.exchanges import Exchange, Item, Key
from contract.suite.items import (
    ASSET_TTL_MS,
    ASSETS,
    IDEMPOTENCY_TTL_MS,
    USERS,
    Layout,
    seconds_up,
)
from contract.suite.ulids import is_ulid, shard_of, time_of


@dataclass(frozen=True)
class Subject:
    """The body or item a volatile member stands in, and what is known around it."""

    exchange: Exchange
    shown: Mapping[str, Any]
    key: Key | None
    """Where the record is stored; None where the body is of no record."""
    path_id: str | None
    """The id in the request's path."""
    seen: frozenset[str]
    """Ids of records that this exchange cannot have created."""
    layout: Layout | None
    skew_ms: int
    """How far the target's clock may be from ours."""

    @property
    def before(self) -> Item | None:
        """Return the item as it was, where that is known."""
        return self.exchange.before.get(self.key) if self.key else None

    @property
    def stored(self) -> Item | None:
        """Return the item as it is now, where that is known."""
        return self.exchange.stored.get(self.key) if self.key else None

    @property
    def created(self) -> bool:
        """Say whether this exchange created the record."""
        return (
            self.exchange.created
            and self.key is not None
            and self.key.name not in self.seen
        )

    @property
    def written(self) -> bool:
        """Say whether this exchange wrote the record."""
        changes = self.exchange.request.method in ("PUT", "PATCH")
        if self.created:
            return True
        if changes and self.exchange.succeeded:
            return self.key is not None and self.key.name == self.path_id
        return arrived(self.before, self.stored)

    def in_time(self, value: Any) -> str:
        """Hold a time between sending and receiving."""
        low = self.exchange.sent_ms - self.skew_ms
        high = self.exchange.received_ms + self.skew_ms
        held = is_integer(value) and low <= value <= high
        return "" if held else f"a time from {low} to {high}"


Rule = Callable[[Any, Subject], str]


def arrived(before: Item | None, now: Item | None) -> bool:
    """Say whether an asset was found uploaded: the only write a read may do."""
    return bool(
        before
        and now
        and before.get("status") == "pending"
        and now.get("status") == "uploaded"
    )


def is_integer(value: object) -> TypeGuard[int]:
    """Say whether a value is an integer, and no boolean."""
    return isinstance(value, int) and not isinstance(value, bool)


def equal(value: object, expected: object) -> str:
    """Hold a value equal to another, type and all."""
    held = type(value) is type(expected) and value == expected
    return "" if held else repr(expected)


def anything(_: Any, __: Subject) -> str:
    """Hold nothing: the member's own members have rules."""
    return ""


def identity(value: Any, subject: Subject) -> str:
    """Hold an id: new at creation, else the one asked for."""
    if not is_ulid(value):
        return "a ULID"
    if subject.created:
        return subject.in_time(time_of(value)) and "a ULID made during the exchange"
    if subject.exchange.created:
        repeat = subject.exchange.request.header("idempotency-key") is not None
        return "" if repeat else "an id that was not there before"
    return equal(value, subject.path_id) if subject.path_id else ""


def time_of_id(value: Any, subject: Subject) -> str:
    """Hold createdAt: the time in the id."""
    record_id = subject.shown.get("userId") or subject.shown.get("assetId")
    return equal(value, time_of(str(record_id))) if is_ulid(record_id) else ""


def time_of_write(value: Any, subject: Subject) -> str:
    """Hold updatedAt: during the exchange if that wrote, else unchanged."""
    if subject.written:
        return subject.in_time(value)
    if subject.before is not None:
        return equal(value, subject.before.get("updatedAt"))
    low = subject.shown.get("createdAt", 0)
    high = subject.exchange.received_ms + subject.skew_ms
    held = is_integer(value) and is_integer(low) and low <= value <= high
    return "" if held else f"a time from createdAt to {high}"


def thirty_days(value: Any, subject: Subject) -> str:
    """Hold an asset's expiresAt: 30 days after its creation, for good."""
    if subject.before is not None:
        return equal(value, subject.before.get("expiresAt"))
    created = subject.shown.get("createdAt")
    return equal(value, created + ASSET_TTL_MS) if is_integer(created) else ""


def version(value: Any, subject: Subject) -> str:
    """Hold the version: 1, then one more with each write."""
    if subject.created:
        return equal(value, 1)
    if subject.before is None:
        return "" if is_integer(value) and value >= 1 else "1 or more"
    return equal(value, subject.before["version"] + subject.written)


def ttl(value: Any, subject: Subject) -> str:
    """Hold the ttl: expiresAt in seconds, rounded up."""
    expires = subject.shown.get("expiresAt")
    return equal(value, seconds_up(expires)) if is_integer(expires) else "no ttl"


def write_id(value: Any, subject: Subject) -> str:
    """Hold the writeId: drawn anew by each write."""
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{32}", value):
        return "32 lower-case hexadecimal digits"
    if subject.before is None:
        return ""
    if subject.written:
        same = value == subject.before.get("writeId")
        return "a writeId other than before" if same else ""
    return equal(value, subject.before.get("writeId"))


def list_shard(value: Any, subject: Subject) -> str:
    """Hold the listShard: the id's last character, modulo the number of shards."""
    if subject.key is None or subject.layout is None:
        return ""
    return equal(value, shard_of(subject.key.name, subject.layout.list_shards))


def bucket(value: Any, subject: Subject) -> str:
    """Hold the s3Bucket: the stack's."""
    return equal(value, subject.layout.assets_bucket) if subject.layout else ""


def object_key(value: Any, subject: Subject) -> str:
    """Hold the s3Key: made of id and file name at creation, then unchanged."""
    if subject.before is not None:
        return equal(value, subject.before.get("s3Key"))
    shown = subject.shown
    return equal(value, f"assets/{shown.get('assetId')}/{shown.get('fileName')}")


def body_digest(value: Any, subject: Subject) -> str:
    """Hold the digest of the body that came with the key."""
    if not _first_request(subject):
        return equal(value, (subject.before or {}).get("bodySha256"))
    octets = subject.exchange.request.body or b""
    return equal(value, hashlib.sha256(octets).hexdigest())


def time_of_first_request(value: Any, subject: Subject) -> str:
    """Hold an idempotency item's createdAt: when the key was first used."""
    if not _first_request(subject):
        return equal(value, (subject.before or {}).get("createdAt"))
    return subject.in_time(value)


def one_day(value: Any, subject: Subject) -> str:
    """Hold an idempotency item's expiresAt: 24 hours later."""
    created = subject.shown.get("createdAt")
    return equal(value, created + IDEMPOTENCY_TTL_MS) if is_integer(created) else ""


def _first_request(subject: Subject) -> bool:
    """Say whether the item was written by this exchange."""
    before = subject.before
    return before is None or before["expiresAt"] <= subject.exchange.received_ms


def record_key(shown: Mapping[str, Any]) -> Key | None:
    """Return where the record of a body is stored."""
    for table, name in ((USERS, "userId"), (ASSETS, "assetId")):
        if isinstance(shown.get(name), str):
            return Key(table, shown[name])
    return None


def created_key(exchange: Exchange) -> Key | None:
    """Return where the record is stored that an exchange says it created."""
    body = exchange.json()
    if not exchange.created or not isinstance(body, dict):
        return None
    return record_key(body)
