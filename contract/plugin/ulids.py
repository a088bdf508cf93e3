"""ULIDs: 48 bits of milliseconds and 80 random bits, in Crockford's base 32."""

from __future__ import annotations

import secrets

from twinproof.plugin import Chance, is_id, new_id

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def is_ulid(value: object) -> bool:
    """Say whether a value is a ULID in upper case."""
    return is_id(value, ("ulid",))


def new_ulid(at_ms: int, chance: Chance = secrets.randbits, tail: str = "") -> str:
    """Return a ULID of that time with random bits of `chance`; it ends in `tail`."""
    return new_id(("ulid",), at_ms, chance)[: 26 - len(tail)] + tail


def time_of(ulid: str) -> int:
    """Return the milliseconds in a ULID."""
    number = 0
    for character in ulid[:10]:
        number = number * 32 + ALPHABET.index(character)
    return number


def shard_of(ulid: str, shards: int) -> int:
    """Return a record's list shard: the value of its last character modulo `shards`."""
    return ALPHABET.index(ulid[-1]) % shards
