"""Gathers the failures of a run into cards, one for each case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from twinproof.report.html.cards import EXPECTED, Card, CardFinding
from twinproof.report.html.matrix import failures_among, group_of
from twinproof.report.html.parts import Marks
from twinproof.report.html.sheet import Sheet
from twinproof.run.results import Pair, Result, Run
from twinproof.targets.target import Target


@dataclass(frozen=True)
class _Case:
    """All results and pairs of one case or journey."""

    full_id: str
    every: Sequence[Result | Pair]

    @property
    def bad(self) -> list[Result | Pair]:
        """Return the results and pairs that failed."""
        return failures_among(self.every)

    @property
    def results(self) -> list[Result]:
        """Return the results that failed."""
        return [each for each in self.bad if isinstance(each, Result)]

    def own(self, target: str) -> Marks:
        """Return the marks of a target's own mismatches."""
        return Marks.of(
            mismatch
            for each in self.results
            if each.target == target
            for mismatch in each.mismatches
        )


def cards_of(run: Run, targets: Sequence[Target]) -> list[Card]:
    """Return a card for each case and journey that failed."""
    by_id: dict[str, list[Result | Pair]] = {}
    for each in run.all:
        by_id.setdefault(each.full_id, []).append(each)
    cases = [_Case(full_id, every) for full_id, every in by_id.items()]
    bad = sorted(
        (case for case in cases if case.bad),
        key=lambda case: group_of(case.full_id) == "journeys",
    )
    return [_card(case, targets, run.contract) for case in bad]


def _card(case: _Case, targets: Sequence[Target], contract: str) -> Card:
    journeys = [each for each in case.results if each.is_journey]
    names = {name for each in case.bad for name in each.targets}
    concerned = [target for target in targets if target.name in names]
    return Card(
        group=group_of(case.full_id),
        name=case.full_id,
        findings=[_finding(each) for each in case.bad],
        sheets=list(_sheets(case)),
        calls=[(each.target, each.exchanges[:-1]) for each in journeys],
        rerun=f"{rerun(concerned, contract)} --case {case.full_id}",
    )


def _finding(each: Result | Pair) -> CardFinding:
    return CardFinding(
        label=" | ".join(each.targets) if isinstance(each, Pair) else each.target,
        verdict=each.verdict,
        heads=each.targets if isinstance(each, Pair) else EXPECTED,
        mismatches=each.mismatches,
        step=each.step if isinstance(each, Result) else "",
        error=each.error,
        evidence=each.evidence.meaning,
    )


def _sheets(case: _Case) -> Iterator[Sheet]:
    """Yield exchanges: side by side if two targets responded, else one by one."""
    pairs = [each for each in case.every if isinstance(each, Pair)]
    shown: set[str] = set()
    wrong = {result.target for result in case.results}
    # A pair that agrees is shown too if one of its targets failed, for comparison.
    for pair in sorted(pairs, key=lambda each: each not in case.bad):
        if pair not in case.bad and not wrong & set(pair.targets) - shown:
            continue
        if any(pair.exchanges):
            shown |= set(pair.targets)
            own = tuple(case.own(name) for name in pair.targets)
            yield Sheet(pair.targets, pair.exchanges, Marks.of(pair.mismatches), own)
    for result in case.results:
        if result.target not in shown and result.exchanges:
            last = (result.exchanges[-1],)
            own = (Marks.of(result.mismatches),)
            yield Sheet((result.target,), last, Marks(), own)


def rerun(targets: Sequence[Target], contract: str = "") -> str:
    """Return the command that checks these targets again."""
    parts = [f"--target {target.name}={target.url}" for target in targets]
    for option, values in (
        ("--contract", {contract}),
        ("--stack", {target.stack for target in targets}),
        ("--endpoint", {target.endpoint for target in targets}),
        ("--lambda-endpoint", {target.lambda_endpoint for target in targets}),
    ):
        # An option applies to all targets; where they differ, targets/*.yaml has it.
        if len(values) == 1 and (value := next(iter(values))):
            parts.append(f"{option} {value}")
    return " ".join(["twinproof check", *parts])
