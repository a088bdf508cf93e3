"""Aligns two lists of lines, and finds what differs in each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from twinproof.report.html.lines import Line

MOST_ALIGNED = 1_000
"""Lines that are aligned by their keys: the time grows with the square of it."""


@dataclass(frozen=True)
class Row:
    """A line on the left and one on the right; None: there is none."""

    left: Line | None
    right: Line | None

    @property
    def same(self) -> bool:
        """Return whether both lines are equal."""
        return bool(self.left and self.right and self.left.text == self.right.text) or (
            self.left is self.right
        )


def rows_of(left: Sequence[Line], right: Sequence[Line]) -> list[Row]:
    """Return both lists as rows, in order."""
    if max(len(left), len(right)) > MOST_ALIGNED:
        return [Row(*pair) for pair in zip_longest(left, right)]
    return list(_aligned(left, right))


def _aligned(left: Sequence[Line], right: Sequence[Line]) -> Iterator[Row]:
    keys = [each.key for each in left], [each.key for each in right]
    matcher = SequenceMatcher(None, *keys, autojunk=False)
    for _, start, end, begin, stop in matcher.get_opcodes():
        for one, other in zip_longest(left[start:end], right[begin:stop]):
            yield Row(one, other)


@dataclass(frozen=True)
class Split:
    """A text in three parts: the equal beginning, the difference, the equal end."""

    head: str
    middle: str
    tail: str


def split(text: str, other: str) -> Split:
    """Split a text where it differs from another."""
    head = _alike(text, other)
    rest, beside = text[head:][::-1], other[head:][::-1]
    tail = _alike(rest, beside)
    end = len(text) - tail
    return Split(text[:head], text[head:end], text[end:])


def _alike(one: str, other: str) -> int:
    """Return the length of the equal beginning of two texts."""
    # Comparing slices by bisection is much faster than comparing each character.
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one[:middle] == other[:middle]:
            least = middle
        else:
            most = middle - 1
    return least
