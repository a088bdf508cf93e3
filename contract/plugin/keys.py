"""Makes the keys of everything that this service stores."""

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
    """Return the key of the record with an id in a table."""
    kind = "asset" if table == ASSETS else "user"
    return Key(table, record_id, kind, f"{kind} {record_id}")


def user_key(user_id: str) -> Key:
    """Return the key of a user."""
    return key_in(USERS, user_id)


def asset_key(asset_id: str) -> Key:
    """Return the key of an asset."""
    return key_in(ASSETS, asset_id)


def guard_key(address: str) -> Key:
    """Return the key of an address's guard."""
    return Key(USERS, f"{GUARD}{address}", "guard", f"guard {address}")


def idempotency_key(operation: str, key: str) -> Key:
    """Return the key of the item of an Idempotency-Key."""
    name = f"{operation}#{key}"
    label = f"idempotency {name}"
    return Key(table_of(operation), f"{IDEMPOTENCY}{name}", "idempotency", label)


def blob_key(name: str) -> Key:
    """Return the key of an object, whose name is `s3Key` of an asset."""
    return Key(OBJECTS, name, OBJECT, f"{OBJECT} {name}")


def object_key(item: Item | None) -> Key | None:
    """Return the key of a stored asset's object, or None for any other item."""
    return blob_key(str(item["s3Key"])) if item and "s3Key" in item else None


def record_key(shown: Mapping[str, Any]) -> Key | None:
    """Return the key of the record in a body, or None if the body has no id."""
    for table, name in ID_OF.items():
        if isinstance(shown.get(name), str):
            return key_in(table, shown[name])
    return None
