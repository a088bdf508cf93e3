"""The results of a run: cases and journeys by target, pairs, relays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from twinproof.cases.matching import Mismatch
from twinproof.cases.statements import Statement
from twinproof.exchange.model import Exchange


class Verdict(StrEnum):
    """The verdict of a result."""

    PASSED = "passed"
    FAILED = "failed"
    KNOWN = "known"
    STALE = "stale"
    ERRORED = "errored"


class Evidence(StrEnum):
    """What kind of system showed a result."""

    AWS = "aws"
    EMULATOR = "emulator"
    OWN_CODE = "own-code"
    DOCUMENTED = "documented"

    @property
    def meaning(self) -> str:
        """Return its meaning, for reports."""
        return _MEANINGS[self]


_MEANINGS = {
    Evidence.AWS: "shown by AWS itself",
    Evidence.EMULATOR: "shown on an emulator of AWS on this machine",
    Evidence.OWN_CODE: "shown by this project's own stand-in for what AWS documents",
    Evidence.DOCUMENTED: "documented by AWS, and not shown",
}


def weakest(*bases: Evidence) -> Evidence:
    """Return the weakest evidence."""
    return max(bases, key=list(Evidence).index)


@dataclass(frozen=True)
class Result:
    """One case or journey on one target, or a journey on two in turn: a relay."""

    full_id: str
    target: str
    """The target's name; of a relay `FIRST then SECOND`."""
    verdict: Verdict
    duration_ms: int
    mismatches: tuple[Mismatch, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    step: str = ""
    """The step of a journey that failed."""
    error: str = ""
    """Why it errored, why it is stale, or which known failure it is."""
    evidence: Evidence = Evidence.EMULATOR
    relay: tuple[str, ...] = ()
    """Of a relay: the targets in the order of their turns; else empty."""

    @property
    def targets(self) -> tuple[str, ...]:
        """Return every target that took part."""
        return self.relay or (self.target,)

    @property
    def is_journey(self) -> bool:
        """Say whether this is a journey's result."""
        return self.full_id.startswith("journeys/")


@dataclass(frozen=True)
class Difference:
    """One value that differs between two targets."""

    full_id: str
    """The case: `OPERATION/accepts-…`."""
    targets: tuple[str, str]
    where: str
    """Part of the exchange, and a JSON Pointer into it: `body /errors`."""
    values: tuple[Any, Any]
    """Each target's value, in the order of `targets`; MISSING: none."""
    exchanges: tuple[Exchange | None, Exchange | None]
    """Both exchanges; None where a target gave no response."""
    check: str = ""


@dataclass(frozen=True)
class Pair:
    """The comparison of one case on two targets."""

    full_id: str
    targets: tuple[str, str]
    verdict: Verdict
    duration_ms: int
    mismatches: tuple[Mismatch, ...] = ()
    """The differences; `expected` is the first target's value, `got` the second's."""
    exchanges: tuple[Exchange | None, Exchange | None] = (None, None)
    error: str = ""
    """Why it is stale or errored, or which known failure it is."""
    evidence: Evidence = Evidence.EMULATOR

    @property
    def differences(self) -> Iterator[Difference]:
        """Yield each mismatch with everything that is needed to show it."""
        for each in self.mismatches:
            values = (each.expected, each.got)
            yield Difference(
                self.full_id,
                self.targets,
                each.where,
                values,
                self.exchanges,
                each.check,
            )


@dataclass(frozen=True)
class LeftOut:
    """A case or journey that did not run on a target, and why."""

    full_id: str
    target: str
    why: str


class Shown(StrEnum):
    """What a run shows of a statement on one target."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    NOT_SHOWN = "not shown"
    NOT_AWS = "not asked of AWS"


@dataclass(frozen=True)
class Ground:
    """A statement that a run relied on."""

    statement: Statement
    cases: tuple[str, ...]
    """Ids of the cases and journeys that ran and rely on it."""
    shown: Mapping[str, Shown]
    """By target."""


@dataclass(frozen=True)
class Run:
    """A whole run: its results and its facts."""

    run_id: str
    started_ms: int
    duration_ms: int
    targets: tuple[str, ...]
    results: tuple[Result, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    pairs: tuple[Pair, ...] = ()
    relays: tuple[Result, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """Notes, one line each."""
    grounds: tuple[Ground, ...] = ()
    """The statements about AWS that the results rely on."""
    contract: str = ""
    """The contract folder of the command line; "": the nearest one."""

    def count(self, verdict: Verdict) -> int:
        """Return how many results, pairs and relays have a verdict."""
        return verdicts(self.all)[verdict]

    @property
    def all(self) -> list[Result | Pair]:
        """Return everything that has a verdict: results, pairs, relays."""
        return [*self.results, *self.pairs, *self.relays]

    @property
    def exit_code(self) -> int:
        """Return 0 all passed, 1 a failure, 2 nothing ran or something errored."""
        if self.count(Verdict.FAILED) or self.count(Verdict.STALE):
            return 1
        return 2 if self.count(Verdict.ERRORED) or not self.results else 0


def verdicts(results: Iterable[Result | Pair]) -> Counter[Verdict]:
    """Return how often each verdict occurs."""
    return Counter(result.verdict for result in results)
