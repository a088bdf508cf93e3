"""The item of an Idempotency-Key, stored in the table of the record that it created."""

from shared.aws.items import Item, text
from shared.aws.writes import Put, absent_or_expired
from shared.expiry import ttl_seconds
from shared.idempotency import IDEMPOTENCY_TTL_MS, FirstUse, IdempotencyKey


def first_use_put(table_key: str, operation: str, first: FirstUse, now: int) -> Put:
    """Return the write that claims a key for `operation`, if the key is free."""
    expires_at = now + IDEMPOTENCY_TTL_MS
    return Put(
        {
            table_key: _item_key(operation, first.key),
            "recordId": first.record_id,
            "bodySha256": first.key.body_sha256,
            "createdAt": now,
            "expiresAt": expires_at,
            "ttl": ttl_seconds(expires_at),
        },
        absent_or_expired(table_key, now),
    )


def read_first_use(item: Item, again: IdempotencyKey) -> FirstUse:
    """Return the first use of the key of `again`, which an item records."""
    return FirstUse(
        IdempotencyKey(again.key, text(item, "bodySha256")), text(item, "recordId")
    )


def _item_key(operation: str, key: IdempotencyKey) -> str:
    return f"idempotency#{operation}#{key.key}"
