"""Idempotency-Keys: a POST that is repeated within 24 hours creates nothing new."""

from typing import NamedTuple

from shared.errors import IdempotencyKeyReused

IDEMPOTENCY_TTL_MS = 86_400_000  # 24 hours


class IdempotencyKey(NamedTuple):
    """A client's key, and the SHA-256 of the body that came with it, in hexadecimal."""

    key: str
    body_sha256: str


class FirstUse(NamedTuple):
    """What is stored about a key's first use, with the id of the record it created."""

    key: IdempotencyKey
    record_id: str


def repeated_record(first: FirstUse, again: IdempotencyKey | None) -> str:
    """Return the id of the record that the first use of a key created.

    Raises `IdempotencyKeyReused` if the body is another one.
    """
    if first.key != again:
        raise IdempotencyKeyReused
    return first.record_id
