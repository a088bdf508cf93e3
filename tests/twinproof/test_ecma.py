from __future__ import annotations

import pytest

from twinproof.contract.ecma import NoPattern, found, is_whole

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
        (r"^[\S]$", "é"),
        (r"^\p{Lu}$", "É"),
        (r"^(?<first>a)\k<first>$", "aa"),
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


@pytest.mark.parametrize("pattern", ["[a", "(", r"\p{Nothing}", "a\\", "\ud800"])
def test_invalid_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(NoPattern, match="is not a pattern: "):
        found(pattern, "a")


@pytest.mark.parametrize("text", ["\ud800", "a\udfffa"])
@pytest.mark.parametrize("pattern", ["", "a?", "[^]", r"\uD800"])
def test_text_that_is_not_unicode_fits_no_pattern(pattern: str, text: str) -> None:
    assert not found(pattern, text)


def test_whole_text_is_matched_by_either_alternative() -> None:
    assert is_whole("a|ab", "ab")
    assert not is_whole("a|b", "ab")
