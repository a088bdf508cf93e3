"""Judges the results of cases without a right, or with the other role's policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lab.iam.cases import CaseResult


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the results are wrong, and a line about them."""

    text: str
    wrong: bool


def judge_removed_right(results: Sequence[CaseResult]) -> Judgement:
    """Judge the cases that need a removed right: each must fail.

    If a case passes, its entry in the data file is wrong. If all pass, nothing needs
    the right.
    """
    others = [one for one in results if not one.failed]
    if len(others) == len(results):
        return Judgement(f"no case needs it: {_results_text(others)}", wrong=True)
    if others:
        return Judgement(f"does not need it: {_results_text(others)}", wrong=True)
    return Judgement(f"needed by {_cases(results)}", wrong=False)


def judge_swapped_role(results: Sequence[CaseResult]) -> Judgement:
    """Judge a function's cases with the other's policy: each must answer 500."""
    others = [one for one in results if not (one.failed and one.only_internal_problems)]
    if others or not results:
        text = f"not only the problem `internal`: {_results_text(others)}"
        return Judgement(text, wrong=True)
    return Judgement(f"500 without details of AWS: {_cases(results)}", wrong=False)


def _results_text(results: Sequence[CaseResult]) -> str:
    return ", ".join(f"{one} {one.verdict}{_statuses(one)}" for one in results)


def _statuses(one: CaseResult) -> str:
    statuses = sorted({answer.status for answer in one.answers})
    return f" {statuses}" if statuses else ""


def _cases(results: Sequence[CaseResult]) -> str:
    return ", ".join(dict.fromkeys(one.case for one in results))
