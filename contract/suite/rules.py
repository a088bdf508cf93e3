"""The rules that hold volatile members: one small function each.

A rule returns "" where it holds, else what it expects, in words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from contract.plugin.ulids import is_ulid, shard_of, time_of
from contract.suite.items import (
    ASSET_TTL_MS,
    IDEMPOTENCY_TTL_MS,
    is_integer,
    seconds_up,
)
from contract.suite.observation import Observation

Rule = Callable[[Any, Observation], str]


def equal(value: object, expected: object) -> str:
    """Hold a value equal to another, type and all."""
    held = type(value) is type(expected) and value == expected
    return "" if held else repr(expected)


def anything(_: Any, __: Observation) -> str:
    """Hold nothing: the member's own members have rules."""
    return ""


def identity(value: Any, seen: Observation) -> str:
    """Hold an id: new at creation, else the one asked for."""
    if not is_ulid(value):
        return "a ULID"
    if seen.created:
        return seen.in_time(time_of(value)) and "a ULID made during the exchange"
    if seen.exchange.created:
        repeat = seen.exchange.request.header("idempotency-key") is not None
        return "" if repeat else "an id that was not there before"
    return equal(value, seen.requested_id) if seen.requested_id else ""


def time_of_id(value: Any, seen: Observation) -> str:
    """Hold createdAt: the time in the id."""
    record_id = seen.document.get("userId") or seen.document.get("assetId")
    return equal(value, time_of(str(record_id))) if is_ulid(record_id) else ""


def time_of_write(value: Any, seen: Observation) -> str:
    """Hold updatedAt: during the exchange if that wrote, else unchanged."""
    if seen.written:
        return seen.in_time(value)
    if seen.before is not None:
        return equal(value, seen.before.get("updatedAt"))
    low = seen.document.get("createdAt", 0)
    high = seen.exchange.received_ms + seen.skew_ms
    held = is_integer(value) and is_integer(low) and low <= value <= high
    return "" if held else f"a time from createdAt to {high}"


def thirty_days(value: Any, seen: Observation) -> str:
    """Hold an asset's expiresAt: 30 days after its creation, for good."""
    if seen.before is not None:
        return equal(value, seen.before.get("expiresAt"))
    created = seen.document.get("createdAt")
    return equal(value, created + ASSET_TTL_MS) if is_integer(created) else ""


def version(value: Any, seen: Observation) -> str:
    """Hold the version: 1, then one more with each write."""
    if seen.created:
        return equal(value, 1)
    if seen.before is None:
        return "" if is_integer(value) and value >= 1 else "1 or more"
    return equal(value, seen.before["version"] + seen.written)


def ttl(value: Any, seen: Observation) -> str:
    """Hold the ttl: expiresAt in seconds, rounded up."""
    expires = seen.document.get("expiresAt")
    return equal(value, seconds_up(expires)) if is_integer(expires) else "no ttl"


def write_id(value: Any, seen: Observation) -> str:
    """Hold the writeId: drawn anew by each write."""
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{32}", value):
        return "32 lower-case hexadecimal digits"
    if seen.before is None:
        return ""
    if seen.written:
        same = value == seen.before.get("writeId")
        return "a writeId other than before" if same else ""
    return equal(value, seen.before.get("writeId"))


def list_shard(value: Any, seen: Observation) -> str:
    """Hold the listShard: the id's last character, modulo the number of shards."""
    if seen.key is None or seen.layout is None:
        return ""
    return equal(value, shard_of(seen.key.name, seen.layout.list_shards))


def bucket(value: Any, seen: Observation) -> str:
    """Hold the s3Bucket: the stack's."""
    return equal(value, seen.layout.assets_bucket) if seen.layout else ""


def object_key(value: Any, seen: Observation) -> str:
    """Hold the s3Key: made of id and file name at creation, then unchanged."""
    if seen.before is not None:
        return equal(value, seen.before.get("s3Key"))
    shown = seen.document
    return equal(value, f"assets/{shown.get('assetId')}/{shown.get('fileName')}")


def body_digest(value: Any, seen: Observation) -> str:
    """Hold the digest of the body that came with the key."""
    if not _first_request(seen):
        return equal(value, (seen.before or {}).get("bodySha256"))
    octets = seen.exchange.request.body or b""
    return equal(value, hashlib.sha256(octets).hexdigest())


def time_of_first_request(value: Any, seen: Observation) -> str:
    """Hold an idempotency item's createdAt: when the key was first used."""
    if not _first_request(seen):
        return equal(value, (seen.before or {}).get("createdAt"))
    return seen.in_time(value)


def one_day(value: Any, seen: Observation) -> str:
    """Hold an idempotency item's expiresAt: 24 hours later."""
    created = seen.document.get("createdAt")
    return equal(value, created + IDEMPOTENCY_TTL_MS) if is_integer(created) else ""


def _first_request(seen: Observation) -> bool:
    """Say whether the item was written by this exchange."""
    before = seen.before
    return before is None or before["expiresAt"] <= seen.exchange.received_ms
