"""The value of a number in JSON in any notation."""

from __future__ import annotations

import pytest

from shared.json_number import NO_INTEGER, SAFE_INTEGER, read_number

BEYOND = 2**53
MANY = 65_000


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("0", 0),
        ("-0", 0),
        ("0.0", 0),
        ("-0.00", 0),
        ("0e99", 0),
        ("0e-99", 0),
        ("0.000E+5", 0),
        ("1", 1),
        ("-1", -1),
        ("1.0", 1),
        ("1e0", 1),
        ("1E3", 1000),
        ("1e+3", 1000),
        ("1e003", 1000),
        ("10e-1", 1),
        ("0.01e2", 1),
        ("1200e-2", 12),
        ("12.50e1", 125),
        ("-12.50e1", -125),
        ("9007199254740991", SAFE_INTEGER),
        ("-9007199254740991", -SAFE_INTEGER),
        ("9007199254740991.0", SAFE_INTEGER),
        ("90071992547409910e-1", SAFE_INTEGER),
    ],
)
def test_a_number_with_an_integral_value_is_that_integer(
    literal: str, value: int
) -> None:
    assert read_number(literal) == value
    assert type(read_number(literal)) is int


@pytest.mark.parametrize(
    "literal",
    [
        "0.5",
        "1.5",
        "-1.5",
        "1e-1",
        "1e-400",
        "-1e-400",
        "9007199254740991.5",
        "4503599627370496.5",
        "1.0000000000000000000001",
        "12.50e0",
        "1e-" + "9" * MANY,
        "0." + "0" * MANY + "1",
    ],
)
def test_a_fraction_is_not_an_integer(literal: str) -> None:
    assert read_number(literal) == NO_INTEGER
    assert type(read_number(literal)) is float


@pytest.mark.parametrize(
    "literal",
    [
        "9007199254740992",
        "9007199254740993",
        "9999999999999999",
        "10000000000000000",
        "1e400",
        "1e99999999999999999999",
        "0.1e" + "9" * MANY,
        "9" * MANY,
        "1" + "0" * MANY,
    ],
)
def test_integers_beyond_the_safe_range_are_clamped(literal: str) -> None:
    assert read_number(literal) == BEYOND
    assert read_number(f"-{literal}") == -BEYOND


def test_digits_and_exponent_may_offset_each_other() -> None:
    zeros = "0" * 60_000
    assert read_number(f"7{zeros}e-60000") == 7
    assert read_number(f"0.{zeros}7e60001") == 7
    assert read_number(f"0.{zeros}7e60000") == NO_INTEGER
    assert read_number(f"7{zeros}e-000000060000") == 7
