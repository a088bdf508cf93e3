"""Cursors: positions as text, the same in every implementation and for all shards."""

import base64
import re

from shared.errors import InvalidCursor
from shared.ids import is_ulid, ulid_time
from shared.pages import Position

_TIME = re.compile(r"0|[1-9][0-9]{0,14}")


def encode_cursor(position: Position) -> str:
    """Return the cursor of the page that follows `position`."""
    return _encode(f"{position.created_at}.{position.record_id}".encode())


def decode_cursor(cursor: str) -> Position:
    """Return the position in a cursor; raises `InvalidCursor` for any other text."""
    time, _, record_id = _decode(cursor).partition(".")
    if not (_TIME.fullmatch(time) and is_ulid(record_id)):
        raise InvalidCursor
    if int(time) != ulid_time(record_id):
        raise InvalidCursor
    return Position(int(time), record_id)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(cursor: str) -> str:
    """Return the text in a cursor, read as Latin-1: a position is only ASCII."""
    try:
        data = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        raise InvalidCursor from None
    # Python ignores characters that are not base64url, and unused bits that are set.
    if _encode(data) != cursor:
        raise InvalidCursor
    return data.decode("latin-1")
