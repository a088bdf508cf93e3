"""Positions in a bundle lead to lines of the sources."""

from __future__ import annotations

import pytest

from local.lambda_.source_map import SourceMap

# Line 1: column 0 is a.ts line 1, column 4 has no source, column 20 is b.ts line 17.
# Line 2 has no source. Line 3: column 2 is a.ts line 1 again.
MAP = SourceMap(
    {
        "version": 3,
        "sources": ["a.ts", "b.ts"],
        "mappings": "AAAA,IAAA,gBCgBE;;EDhBF",
    }
)


@pytest.mark.parametrize(
    ("line", "column", "found"),
    [
        (1, 1, ("a.ts", 1)),
        (1, 20, ("a.ts", 1)),
        (1, 21, ("b.ts", 17)),
        (1, 999, ("b.ts", 17)),
        (3, 2, None),
        (3, 3, ("a.ts", 1)),
        (2, 1, None),
        (0, 1, None),
        (4, 1, None),
    ],
)
def test_position_belongs_to_the_last_segment_before_it(
    line: int, column: int, found: tuple[str, int] | None
) -> None:
    assert MAP.find(line, column) == found
