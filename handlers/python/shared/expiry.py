"""When a record is gone: by the clock, for DynamoDB reaps up to days late."""


def is_expired(expires_at: int | None, now: int) -> bool:
    """Tell whether the time `expires_at` (ms; None is never) has come at `now`."""
    return expires_at is not None and expires_at <= now


def ttl_seconds(expires_at: int | None) -> int | None:
    """Return what DynamoDB's TTL reads: seconds, rounded up so that none reaps early.

    None, for a record that never expires, stays None.
    """
    return None if expires_at is None else -(-expires_at // 1000)
