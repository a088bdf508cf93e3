"""What a run of cases without a right, or with another role's, says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lab.iam.cases import CaseResult


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether it was as it must be, in text for a line."""

    text: str
    wrong: bool


def judge_removed_right(ran: Sequence[CaseResult]) -> Judgement:
    """Judge cases that ran without the right they are said to need: each must fail.

    Of a case that does not the table would be false; where none does, nobody needs the
    right.
    """
    others = [one for one in ran if not one.failed]
    if len(others) == len(ran):
        return Judgement(f"needed by no case: {_told(others)}", wrong=True)
    if others:
        return Judgement(f"said to need it, but {_told(others)}", wrong=True)
    return Judgement(f"needed by {_cases(ran)}", wrong=False)


def judge_swapped_role(ran: Sequence[CaseResult]) -> Judgement:
    """Judge a function's cases under the other's role: each must answer 500."""
    others = [one for one in ran if not (one.failed and one.only_internal_problems)]
    if others or not ran:
        return Judgement(f"no clean 500: {_told(others)}", wrong=True)
    return Judgement(f"500, and no word of AWS: {_cases(ran)}", wrong=False)


def _told(ran: Sequence[CaseResult]) -> str:
    return ", ".join(f"{one} {one.verdict}{_statuses(one)}" for one in ran)


def _statuses(one: CaseResult) -> str:
    statuses = sorted({answer.status for answer in one.answers})
    return f" {statuses}" if statuses else ""


def _cases(ran: Sequence[CaseResult]) -> str:
    return ", ".join(dict.fromkeys(one.case for one in ran))
