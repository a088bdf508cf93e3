from __future__ import annotations

import re

import pytest

from contract.suite.ecma import compile_ecma, found

OUTSIDE_BMP = "\U0001d49c"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^a$", "a"),
        ("a", "xax"),
        (r"^\d+$", "09"),
        (r"^\w$", "_"),
        (r"^\s$", "\ufeff"),
        (r"^\s$", "\u2003"),
        (r"^\S$", "é"),
        (r"^\D$", "٣"),
        (r"^\W$", "é"),
        (r"^[\d\s]$", "\u00a0"),
        (r"^[^\d]$", "٣"),
        (r"^[\W]$", "é"),
        ("^.$", OUTSIDE_BMP),
        (r"^\uD835\uDC9C$", OUTSIDE_BMP),
        (r"^\u{1D49C}$", OUTSIDE_BMP),
        (r"^[\uD835\uDC9C]$", OUTSIDE_BMP),
        (r"^[^\u0000-\u001F]$", "\u007f"),
        ("^[^]$", "\n"),
        ("^[[&~|]{4}$", "[&~|"),
        (r"^[\]\-]{2}$", "]-"),
        (r"^\/\.$", "/."),
        (r"\bé", "aé"),
        ("^(?<first>a)(?=b)(?!c)(?<=a)(?<!b)", "ab"),
        ("a$", "ba"),
    ],
)
def test_pattern_is_found(pattern: str, text: str) -> None:
    assert found(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^a$", "a\n"),
        (r"^\d$", "٣"),
        (r"^\w$", "é"),
        (r"^[\w]$", "é"),
        ("^.$", "\u2028"),
        ("^.$", "\r"),
        (r"^\S$", "\ufeff"),
        ("[]", "a"),
        ("^[^a]$", "a"),
        ("^A$", "a"),
    ],
)
def test_pattern_is_not_found(pattern: str, text: str) -> None:
    assert not found(pattern, text)


@pytest.mark.parametrize("pattern", ["[a", "(", r"[\S]", "a\\"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(re.error):
        compile_ecma(pattern)
