"""What came of each case and journey on each target."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contract.suite.exchanges import Exchange
    from contract.suite.matching import Mismatch


class Verdict(StrEnum):
    """What a result says."""

    PASSED = "passed"
    FAILED = "failed"
    EXCUSED = "excused"
    STALE = "stale"
    ERRORED = "errored"


@dataclass(frozen=True)
class Result:
    """One case or journey on one target."""

    full_id: str
    target: str
    verdict: Verdict
    duration_ms: int
    mismatches: tuple[Mismatch, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    step: str = ""
    """The step of a journey that failed."""
    error: str = ""
    """What kept the suite from judging, where the verdict is errored."""

    @property
    def is_journey(self) -> bool:
        """Say whether this is a journey's result."""
        return self.full_id.startswith("journeys/")


@dataclass(frozen=True)
class LeftOut:
    """A case or journey that was not run on a target, and why."""

    full_id: str
    target: str
    why: str


@dataclass(frozen=True)
class Run:
    """A whole run: its results and its facts."""

    run_id: str
    started_ms: int
    duration_ms: int
    targets: tuple[str, ...]
    results: tuple[Result, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """What the user is to know beside the results, a line each."""

    def count(self, verdict: Verdict) -> int:
        """Return how many results have a verdict."""
        return verdicts(self.results)[verdict]

    @property
    def exit_code(self) -> int:
        """Return 0 all held, 1 a contract failure, 2 nothing ran or the suite broke."""
        if self.count(Verdict.FAILED) or self.count(Verdict.STALE):
            return 1
        return 2 if self.count(Verdict.ERRORED) or not self.results else 0


def verdicts(results: Iterable[Result]) -> Counter[Verdict]:
    """Return how often each verdict stands."""
    return Counter(result.verdict for result in results)
