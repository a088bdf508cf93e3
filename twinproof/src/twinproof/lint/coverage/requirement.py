"""A requirement: one thing the contract defines, and the cases that check it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from twinproof.lint.coverage.evidence import CaseEvidence


class Demand(StrEnum):
    """The kinds of requirements that are counted."""

    FIELD = "request fields"
    BOUND = "bounds"
    VALUE = "enum values"
    PARAMETER = "parameters"
    ANSWER = "response fields"
    PROBLEM = "problems"
    HEADER = "response headers"
    STORED = "stored fields"


Judge = Callable[[CaseEvidence], bool]
Cover = Callable[[Sequence[CaseEvidence]], Iterable[str]]
"""Returns the ids of those cases that meet a requirement."""


@dataclass(frozen=True)
class Requirement:
    """One thing that a case has to check."""

    kind: Demand
    operation: str
    """The operation whose cases may meet it; `*`: any operation."""
    name: str
    """Location and demand: `body /name at maxLength 100`."""
    cover: Cover = field(compare=False)


def where(judge: Judge) -> Cover:
    """Return a cover that yields every case that a judge accepts."""

    def cover(evidences: Sequence[CaseEvidence]) -> Iterator[str]:
        return (each.full_id for each in evidences if judge(each))

    return cover
