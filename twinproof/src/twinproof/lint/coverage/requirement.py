"""A requirement: one thing the contract says, and which cases would notice its loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from twinproof.lint.coverage.evidence import CaseEvidence


class Demand(StrEnum):
    """What is counted apart."""

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
"""Returns the ids of the cases that meet a requirement, of all that might."""


@dataclass(frozen=True)
class Requirement:
    """One thing that a case has to hold."""

    kind: Demand
    operation: str
    """The operation whose cases may hold it; `*`: those of any."""
    name: str
    """Location and demand: `body /name at maxLength 100`."""
    cover: Cover = field(compare=False)


def where(judge: Judge) -> Cover:
    """Return a cover by every single case that a judge accepts."""

    def cover(evidences: Sequence[CaseEvidence]) -> Iterator[str]:
        return (each.full_id for each in evidences if judge(each))

    return cover
