"""Valid cursors, and every kind of invalid one."""

from __future__ import annotations

import base64

import pytest

from shared.cursor import decode_cursor, encode_cursor
from shared.errors import InvalidCursor
from shared.pages import Position
from tests.unit.python.support import ID, NOW

CURSOR = "MTc3MTAwMDAwMDAwMC4wMUtIQlg2VkcwMDAwMDAwMDAwMDAwMDAwMA"


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def test_a_cursor_is_the_position_in_base64url() -> None:
    assert encode_cursor(Position(NOW, ID)) == CURSOR
    assert decode_cursor(CURSOR) == Position(NOW, ID)


@pytest.mark.parametrize(
    "position",
    [
        Position(0, "0" * 26),
        Position(2**48 - 1, "7ZZZZZZZZZ" + "Z" * 16),
        Position(1, "0000000001" + "ABCDEFGHJKMNPQRS"),
    ],
)
def test_every_position_survives_encoding_and_decoding(position: Position) -> None:
    assert decode_cursor(encode_cursor(position)) == position


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "A",
        "=",
        CURSOR + "=",
        CURSOR + "\n",
        CURSOR[:-1],
        CURSOR[:-1] + "B",  # an unused bit is set
        CURSOR[:4] + " " + CURSOR[4:],
        CURSOR[:4] + "+" + CURSOR[5:],
        "é" * 4,
        "_" * 55,
        encoded(f"{NOW}"),
        encoded(f"{NOW}."),
        encoded(f"{NOW}.{ID}0"),
        encoded(f"{NOW}.{ID}\n"),
        encoded(f"{NOW}.{ID.lower()}"),
        encoded(f"{NOW}.8{ID[1:]}"),
        encoded(f"{NOW}.{ID[:-1]}U"),
        encoded(f"{NOW + 1}.{ID}"),
        encoded(f"0{NOW}.{ID}"),
        encoded(f"-{NOW}.{ID}"),
        encoded(f"+{NOW}.{ID}"),
        encoded(f"{NOW}.0.{ID}"),
        encoded(f"{NOW},{ID}"),
        encoded(f"{NOW:016}.{ID}"),
        encoded("1" * 4000 + f".{ID}"),
        encoded(f"\u0661.{ID}"),
    ],
)
def test_any_other_text_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(cursor)
