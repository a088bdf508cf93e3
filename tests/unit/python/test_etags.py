"""Entity tags, and the headers that list them."""

from __future__ import annotations

import pytest

from shared.errors import MalformedRequest
from shared.etags import etag_of, read_entity_tags


def test_the_tag_is_the_version_in_quotes() -> None:
    assert etag_of(12) == '"12"'


@pytest.mark.parametrize(
    "value",
    [
        "*",
        " * ",
        '"1"',
        '\t"1" ',
        '"0","1"',
        '"0" ,\t"1"',
        ',,"1", ,',
        '"1,2","1"',
        'W/"2","1"',
        '"","1"',
    ],
)
def test_version_1_is_matched_strongly(value: str) -> None:
    assert read_entity_tags(value).match_strongly(1)
    assert read_entity_tags(value).match_weakly(1)


@pytest.mark.parametrize("value", ['W/"1"', '"2",W/"1"'])
def test_a_weak_tag_matches_only_weakly(value: str) -> None:
    assert not read_entity_tags(value).match_strongly(1)
    assert read_entity_tags(value).match_weakly(1)


@pytest.mark.parametrize("value", ['"2"', '"01"', '" 1"'[:1] + '1x"', '""', '"1,2"'])
def test_other_tags_match_nothing(value: str) -> None:
    assert not read_entity_tags(value).match_strongly(1)
    assert not read_entity_tags(value).match_weakly(1)


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        ",",
        " , , ",
        "1",
        '"1',
        '1"',
        "'1'",
        '"1" "2"',
        '"1""2"',
        'w/"1"',
        'W/ "1"',
        "W/1",
        '*,"1"',
        '"1",*',
        "**",
        "*,",
        '" 1"',
        '"1\x7f"',
        '"\x01"',
        '"é"',
        '"1"\n',
        '\u00a0"1"',
        '"1";',
    ],
)
def test_any_other_value_is_malformed(value: str) -> None:
    with pytest.raises(MalformedRequest):
        read_entity_tags(value)


@pytest.mark.parametrize("piece", ["  ,", '"1" ,', ' "1",', "\t"])
def test_a_long_value_is_refused_in_linear_time(piece: str) -> None:
    """In exponential time this test would not end."""
    with pytest.raises(MalformedRequest):
        read_entity_tags(piece * 20_000 + "x")
