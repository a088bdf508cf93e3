"""Ids of records (ULIDs) and of writes, and the list shard that an id determines."""

import os
import re

from schemas import ULID

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_ULID_PATTERN = re.compile(ULID["pattern"])
_TIME_LENGTH = 10
_LENGTH = 26
_RANDOM_BYTES = 10
_WRITE_ID_BYTES = 16


def is_ulid(text: str) -> bool:
    """Return whether `text` is a ULID in upper case; no other spelling is accepted."""
    return _ULID_PATTERN.fullmatch(text) is not None


def new_ulid(now: int) -> str:
    """Return a ULID of the time `now` (ms since 1970) with 80 fresh random bits."""
    number = now << 80 | int.from_bytes(os.urandom(_RANDOM_BYTES))
    return "".join(_ALPHABET[number >> shift & 31] for shift in _SHIFTS)


_SHIFTS = tuple(range(5 * (_LENGTH - 1), -1, -5))


def ulid_time(ulid: str) -> int:
    """Return the time of a ULID in milliseconds since 1970."""
    time = 0
    for character in ulid[:_TIME_LENGTH]:
        time = time * 32 + _ALPHABET.index(character)
    return time


def list_shard(ulid: str, shards: int) -> int:
    """Return the list shard of a record, a number below `shards`."""
    return _ALPHABET.index(ulid[-1]) % shards


def new_write_id() -> str:
    """Return 32 random hexadecimal digits that identify one write."""
    return os.urandom(_WRITE_ID_BYTES).hex()
