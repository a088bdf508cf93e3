"""The kinds of volatile fields that only this service has, one small function each.

A function returns "" if the value is right, and otherwise says what it must be.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from contract.plugin.keys import OBJECTS, record_key
from contract.plugin.presigned import PRESIGNED
from contract.plugin.ulids import is_ulid, shard_of, time_of
from contract.plugin.values import position
from twinproof.plugin import Config, Kind, Names, Observation, as_is, equal, tool_kinds


def kinds_of(config: Config) -> dict[str, Kind]:
    """Return this service's kinds by their names in volatile.yaml."""
    kinds = (
        _identity(tool_kinds(config)["identity"]),
        Kind("time-of-id", _time_of_id),
        Kind("list-shard", _list_shard),
        Kind("bucket", _bucket),
        Kind("object-key", _object_key),
        Kind("body-digest", _body_digest),
        Kind("time-of-first-request", _time_of_first_request),
        Kind("cursor", form=_cursor),
        *PRESIGNED,
    )
    return {kind.name: kind for kind in kinds}


def _identity(of_any: Kind) -> Kind:
    """Return the kind of this service's ids: a new id has the time of its creation."""

    def expected(value: Any, seen: Observation) -> str:
        if wrong := of_any.expected(value, seen):
            return wrong
        late = seen.created and seen.in_time(time_of(value))
        return "a ULID made during the exchange" if late else ""

    return replace(of_any, expected=expected)


def _time_of_id(value: Any, seen: Observation) -> str:
    """Expect createdAt to be the time in the id."""
    record_id = seen.document.get("userId") or seen.document.get("assetId")
    return equal(value, time_of(str(record_id))) if is_ulid(record_id) else ""


def _list_shard(value: Any, seen: Observation) -> str:
    """Expect listShard to be the id's last character modulo the number of shards."""
    if seen.key is None or seen.resources is None:
        return ""
    shards = seen.resources.number("list-shards")
    return equal(value, shard_of(seen.key.name, shards))


def _bucket(value: Any, seen: Observation) -> str:
    """Expect s3Bucket to be the bucket of the stack."""
    return equal(value, seen.resources.stores[OBJECTS]) if seen.resources else ""


def _object_key(value: Any, seen: Observation) -> str:
    """Expect s3Key to be made of id and file name at creation, and never to change."""
    if seen.before is not None:
        return equal(value, seen.before.get("s3Key"))
    shown = seen.document
    return equal(value, f"assets/{shown.get('assetId')}/{shown.get('fileName')}")


def _body_digest(value: Any, seen: Observation) -> str:
    """Expect the digest of the body that the client sent with the key."""
    if not _first_request(seen):
        return equal(value, (seen.before or {}).get("bodySha256"))
    data = seen.exchange.request.body or b""
    return equal(value, hashlib.sha256(data).hexdigest())


def _time_of_first_request(value: Any, seen: Observation) -> str:
    """Expect createdAt of an idempotency item to be the first use of its key."""
    if not _first_request(seen):
        return equal(value, (seen.before or {}).get("createdAt"))
    return seen.in_time(value)


def _first_request(seen: Observation) -> bool:
    """Say whether this exchange wrote the item."""
    before = seen.before
    return before is None or before["expiresAt"] <= seen.exchange.received_ms


def _cursor(value: Any, seen: Observation, names: Names) -> Any:
    """Return the canonical form of a cursor: the record that it points at."""
    text = _decoded(value)
    if text is None:
        return as_is(value, seen, names)
    items = seen.document.get("items")
    last = items[-1] if isinstance(items, list) and items else None
    # The last record of a page may belong to another case.
    if isinstance(last, dict) and record_key(last) and text == _position(last):
        return ("after the last of the page",)
    time, _, record_id = text.partition(".")
    return ("after", _relative_time(time, names), names.text(record_id))


def _position(record: Mapping[str, Any]) -> str:
    return "{}.{}".format(*position(record))


def _decoded(value: Any) -> str | None:
    """Return a cursor's text, or None if it is not base64url without padding."""
    if not isinstance(value, str) or not re.fullmatch("[A-Za-z0-9_-]+", value):
        return None
    try:
        return base64.urlsafe_b64decode(f"{value}{-len(value) % 4 * '='}").decode()
    except ValueError:
        return None


def _relative_time(digits: str, names: Names) -> str:
    """Return a time relative to the start of the case, or the text if it is no time."""
    known = digits.isascii() and digits.isdigit()
    return f"start{int(digits) - names.start_ms:+d}" if known else digits
