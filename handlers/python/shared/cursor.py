"""Cursors: positions as text, the same in every implementation and for all shards."""

import base64
import re

from shared.errors import InvalidCursor
from shared.ids import ulid_time
from shared.pages import Position

_POSITION = re.compile(r"(0|[1-9][0-9]{0,14})\.([0-7][0-9A-HJKMNP-TV-Z]{25})")


def encode_cursor(position: Position) -> str:
    """Return the cursor that goes on after `position`."""
    return _encode(f"{position.created_at}.{position.record_id}".encode())


def decode_cursor(cursor: str) -> Position:
    """Return the position in a cursor; raises `InvalidCursor` for what is not one."""
    position = _POSITION.fullmatch(_decode(cursor))
    if position is None or int(position[1]) != ulid_time(position[2]):
        raise InvalidCursor
    return Position(int(position[1]), position[2])


def _encode(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _decode(cursor: str) -> str:
    """Return the text in a cursor, read as Latin-1: the pattern has only ASCII."""
    try:
        octets = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        raise InvalidCursor from None
    # Python passes over what is no base64url, and over unused bits that are set.
    if _encode(octets) != cursor:
        raise InvalidCursor
    return octets.decode("latin-1")
