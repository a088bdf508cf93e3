"""The Content-Types that are read."""

from __future__ import annotations

import pytest

from shared.http.media_type import JSON_ONLY, MERGE_PATCH, is_supported


@pytest.mark.parametrize(
    "value",
    [
        "application/json",
        "Application/JSON",
        " \tapplication/json\t ",
        "application/json;",
        "application/json ; ",
        "application/json;;; ;",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        'application/json; CharSet="Utf-8"',
        'application/json; charset="u\\tf-8"',
        "application/json; charset=utf-8; charset=utf-8",
        "application/json; profile=x",
        'application/json; a="; charset=latin1"',
        'application/json; a="\\"; charset=latin1"; charset=utf-8',
        'application/json; a="é"',
        "application/json; xcharset=latin1",
    ],
)
def test_supported_content_types(value: str) -> None:
    assert is_supported(value, JSON_ONLY)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        " ",
        "application",
        "application/",
        "/json",
        "application/json/x",
        "application /json",
        "application/json x",
        "text/plain",
        "application/problem+json",
        "application/merge-patch+json",
        "application/jsonx",
        "application/json\n",
        "application/json; charset=utf-8\n",
        "\u00a0application/json",
        "application/j\u017fon",
        "application/json; charset=latin1",
        "application/json; charset=utf8",
        'application/json; charset=""',
        "application/json; charset=utf-8; charset=latin1",
        'application/json; a="x"; charset="utf-16"',
        "application/json; charset",
        "application/json; charset=",
        "application/json; =utf-8",
        "application/json; charset = utf-8",
        "application/json charset=utf-8",
        'application/json; charset="utf-8',
        'application/json; a="\x00"',
        'application/json; a="\\\x01"',
        "application/json, application/json",
        'application/json; a=","',
    ],
)
def test_refused_content_types(value: str | None) -> None:
    assert not is_supported(value, JSON_ONLY)


def test_patch_accepts_both_media_types() -> None:
    assert is_supported("application/merge-patch+json", MERGE_PATCH)
    assert is_supported("application/json", MERGE_PATCH)


@pytest.mark.parametrize("piece", [";  ", '; a="\\"', "; a=b ", "\t;\t"])
def test_a_long_value_is_refused_in_linear_time(piece: str) -> None:
    """In exponential time this test would not end."""
    assert not is_supported("application/json" + piece * 20_000 + "!", JSON_ONLY)
