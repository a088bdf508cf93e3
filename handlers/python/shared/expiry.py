"""When a record is gone: by the clock, because DynamoDB deletes it up to days later."""


def is_expired(expires_at: int | None, now: int) -> bool:
    """Return whether `expires_at` (ms; None is never) is not later than `now`."""
    return expires_at is not None and expires_at <= now


def ttl_seconds(expires_at: int | None) -> int | None:
    """Return DynamoDB's TTL in seconds, rounded up so that no record is deleted early.

    None, for a record that never expires, stays None.
    """
    return None if expires_at is None else -(-expires_at // 1000)
