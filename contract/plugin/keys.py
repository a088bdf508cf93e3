"""Where the things of this service are stored: the one place that makes their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twinproof.plugin import OBJECT, Item, Key

USERS, ASSETS, OBJECTS = "users", "assets", "objects"
ID_OF = {USERS: "userId", ASSETS: "assetId"}
GUARD, IDEMPOTENCY = "email#", "idempotency#"

ASSET_TTL_MS = 30 * 24 * 3_600_000
IDEMPOTENCY_TTL_MS = 24 * 3_600_000


def table_of(operation: str) -> str:
    """Return the table of an operation's records and of its idempotency items."""
    return ASSETS if "Asset" in operation else USERS


def key_in(table: str, record_id: str) -> Key:
    """Return where the record of an id is, in the table of its kind."""
    kind = "asset" if table == ASSETS else "user"
    return Key(table, record_id, kind, f"{kind} {record_id}")


def user_key(user_id: str) -> Key:
    """Return where a user is."""
    return key_in(USERS, user_id)


def asset_key(asset_id: str) -> Key:
    """Return where an asset is."""
    return key_in(ASSETS, asset_id)


def guard_key(address: str) -> Key:
    """Return where the guard of an address is."""
    return Key(USERS, f"{GUARD}{address}", "guard", f"guard {address}")


def idempotency_key(operation: str, key: str) -> Key:
    """Return where what is kept of an Idempotency-Key is."""
    name = f"{operation}#{key}"
    label = f"idempotency {name}"
    return Key(table_of(operation), f"{IDEMPOTENCY}{name}", "idempotency", label)


def blob_key(name: str) -> Key:
    """Return where an object is: `s3Key` of an asset."""
    return Key(OBJECTS, name, OBJECT, f"{OBJECT} {name}")


def object_key(item: Item | None) -> Key | None:
    """Return where the object of a stored asset is; None of any other item."""
    return blob_key(str(item["s3Key"])) if item and "s3Key" in item else None


def record_key(shown: Mapping[str, Any]) -> Key | None:
    """Return where the record of a body is stored."""
    for table, name in ID_OF.items():
        if isinstance(shown.get(name), str):
            return key_in(table, shown[name])
    return None
