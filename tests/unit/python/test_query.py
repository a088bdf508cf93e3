"""Reading the query string."""

from __future__ import annotations

import pytest

from schemas import ASSET_STATUS, USER_EMAIL, USER_NAME, Schema
from shared.errors import InvalidCursor, ValidationFailed
from shared.http.query import (
    limit_fault,
    no_fault,
    read_query,
    read_slice,
    text_fault,
)
from shared.pages import Position

PARAMETERS = {"limit": limit_fault, "cursor": no_fault, "é&=": no_fault}


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(ValidationFailed) as caught:
        read_query(text, PARAMETERS)
    assert caught.value.kind == "parameter"
    return [(fault.location, fault.code) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", {}),
        ("&&", {}),
        ("limit=7", {"limit": "7"}),
        ("&limit=7&&cursor=x&", {"limit": "7", "cursor": "x"}),
        ("cursor", {"cursor": ""}),
        ("cursor=", {"cursor": ""}),
        ("cursor=a=b", {"cursor": "a=b"}),
        ("cursor=a+b%20c%2Bd", {"cursor": "a b c+d"}),
        ("c%75rsor=%c3%A9", {"cursor": "é"}),
        ("%C3%A9%26%3D=x", {"é&=": "x"}),
        ("cursor=é", {"cursor": "é"}),
        ("cursor=a,b", {"cursor": "a,b"}),
        ("cursor=%00%0A", {"cursor": "\0\n"}),
        ("cursor=a;b", {"cursor": "a;b"}),
    ],
)
def test_reads_a_valid_query(text: str, query: dict[str, str]) -> None:
    assert read_query(text, PARAMETERS) == query


@pytest.mark.parametrize(
    "text",
    [
        "cursor=%",
        "cursor=%4",
        "cursor=%g0",
        "cursor=%0g",
        "cursor=%%34",
        "cursor=%ff",
        "cursor=%C3",
        "cursor=%ED%A0%80",
        "cursor=%C0%80",
        "cursor=\ud800",
        "%=1",
        "%E9=1",
        "cursor=%EF%BC%95%1",
        "x=1&limit=0&limit=1&y=%",
        "cursor=%1\uff12",
    ],
)
def test_a_query_that_cannot_be_decoded_is_one_fault(text: str) -> None:
    assert faults(text) == [("", "pattern")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x=1", [("x", "additionalProperties")]),
        ("=1", [("", "additionalProperties")]),
        ("Limit=1", [("Limit", "additionalProperties")]),
        ("x=1&x=2", [("x", "additionalProperties")]),
        ("limit=1&limit=1", [("limit", "maxItems")]),
        ("limit=0&limit=x", [("limit", "maxItems")]),
        ("limit=1&l%69mit=2", [("limit", "maxItems")]),
        ("limit=0&a=1", [("a", "additionalProperties"), ("limit", "pattern")]),
    ],
)
def test_invalid_parameters_are_faults(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert faults(text) == expected


def test_faults_are_sorted_by_the_bytes_of_their_names() -> None:
    """In UTF-16, U+1D49C is before U+FFFD."""
    assert [name for name, _ in faults("\U0001d49c=&\ufffd=&b=&a=&B=")] == [
        *("B", "a", "b", "\ufffd", "\U0001d49c")
    ]


def test_at_most_a_hundred_faults_are_listed() -> None:
    names = sorted(f"p{number:03}" for number in range(150))
    found = faults("&".join(f"{name}=1" for name in reversed(names)))
    assert [name for name, _ in found] == names[:100]


@pytest.mark.parametrize("value", ["1", "9", "10", "99", "100"])
def test_limit_allows(value: str) -> None:
    assert limit_fault(value) is None


@pytest.mark.parametrize(
    "value",
    ["", "0", "01", "-1", "+1", "1.0", "1e1", " 1", "1\n", "1000", "\u0661", "²", "x"],
)
def test_limit_is_plain_digits_without_a_leading_zero(value: str) -> None:
    assert limit_fault(value) == "pattern"


@pytest.mark.parametrize("value", ["101", "999"])
def test_limit_is_at_most_100(value: str) -> None:
    assert limit_fault(value) == "maximum"


@pytest.mark.parametrize(
    ("schema", "value", "fault"),
    [
        (ASSET_STATUS, "pending", None),
        (ASSET_STATUS, "Pending", "enum"),
        (USER_NAME, "", "minLength"),
        (USER_NAME, "\U0001d49c" * 100, None),
        (USER_NAME, "\U0001d49c" * 101, "maxLength"),
        (USER_NAME, "\n", None),
        (USER_EMAIL, "\U0001d49c" * 254, "pattern"),
        (USER_EMAIL, "\U0001d49c" * 255, "maxLength"),
        (USER_EMAIL, "a@b.c\n", "pattern"),
    ],
)
def test_text_is_checked_against_its_schema(
    schema: Schema, value: str, fault: str | None
) -> None:
    assert text_fault(schema)(value) == fault


def test_without_parameters_a_slice_is_twenty_from_the_start() -> None:
    wanted = read_slice({})
    assert (wanted.limit, wanted.after) == (20, None)


def test_a_slice_continues_after_a_cursor() -> None:
    wanted = read_slice(
        {
            "limit": "3",
            "cursor": "MTc3MTAwMDAwMDAwMC4wMUtIQlg2VkcwMDAwMDAwMDAwMDAwMDAwMA",
        }
    )
    assert wanted.limit == 3
    assert wanted.after == Position(1_771_000_000_000, "01KHBX6VG00000000000000000")


def test_an_empty_cursor_is_checked_like_any_other() -> None:
    with pytest.raises(InvalidCursor):
        read_slice({"cursor": ""})
