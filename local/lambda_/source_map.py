"""Reads source maps: finds the source line of a position in a bundle.

Source: ECMA-426, "Source map format specification", version 3.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from local.template import Json

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """The code from `column` on comes from `line` of a source; all count from 0."""

    column: int
    source: int
    line: int


class SourceMap:
    """The source map of one bundle."""

    def __init__(self, document: Mapping[str, Json]) -> None:
        self._sources: list[str] = document["sources"]
        self._lines = list(_segments(document["mappings"]))

    def find(self, line: int, column: int) -> tuple[str, int] | None:
        """Return the source and line of a position in the bundle, or None.

        Lines and columns count from 1, as in a stack trace. The source's path is
        relative to the map.
        """
        if not 0 < line <= len(self._lines):
            return None
        segments = self._lines[line - 1]
        after = bisect.bisect(segments, column - 1, key=lambda one: one.column)
        if after == 0:
            return None
        segment = segments[after - 1]
        return self._sources[segment.source], segment.line + 1


def _segments(mappings: str) -> Iterator[list[Segment]]:
    """Yield the segments of each line of the bundle.

    Columns restart in each line. Every other number is a difference to the last one.
    """
    source = line = 0
    for text in mappings.split(";"):
        column, segments = 0, []
        for fields in filter(None, text.split(",")):
            steps = list(_numbers(fields))
            column += steps[0]
            if len(steps) > 1:  # otherwise the code has no source
                source, line = source + steps[1], line + steps[2]
                segments.append(Segment(column, source, line))
        yield segments


def _numbers(text: str) -> Iterator[int]:
    """Yield the numbers of a segment: base 64, five bits a digit, sign in bit 0."""
    value = shift = 0
    for digit in map(DIGITS.index, text):
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            yield -(value >> 1) if value & 1 else value >> 1
            value = shift = 0
