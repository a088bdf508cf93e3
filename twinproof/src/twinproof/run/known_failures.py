"""The known failures of each target: contract/known-failures/<target>.yaml."""

from __future__ import annotations

from collections.abc import Collection as Ids
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from twinproof.cases.language import Value
from twinproof.cases.matching import Mismatch
from twinproof.contract.reading import read_checked
from twinproof.contract.schemas import Schemas
from twinproof.errors import FileFault, FileFinding
from twinproof.run.results import Evidence, Pair, Result, Run, Verdict

FOLDER = "known-failures"
Each = TypeVar("Each", Result, Pair)


@dataclass(frozen=True)
class KnownFailure:
    """One cause, and the cases that fail by it."""

    cases: tuple[str, ...]
    reason: str
    cause: str
    evidence: Evidence
    until: date
    """The last day on which it counts, in UTC; `date.max`: as long as they fail."""
    pair_only: bool = False
    """Whether the cases pass on the target and differ only from another target."""
    seen: Mapping[str, Value] = field(default_factory=dict)
    """The values received instead, by part of the exchange; empty: any value."""

    def covers(self, mismatches: Sequence[Mismatch]) -> bool:
        """Say whether it explains all mismatches of a failure.

        A response with another status differs in its other parts too.
        """
        got = {each.where: each.got for each in mismatches}
        shown = all(got.get(where) == value for where, value in self.seen.items())
        whole = not self.seen or "status" in self.seen
        return shown and (whole or got.keys() == self.seen.keys())

    @property
    def explanation(self) -> str:
        """Return reason, cause and evidence, for the report."""
        end = "" if self.until == date.max else f"; until {self.until}"
        return f"{self.reason}: {self.cause} ({self.evidence.meaning}{end})"


ByTarget = Mapping[str, Sequence[KnownFailure]]


def read_known_failures(root: Path, targets: Ids[str], schemas: Schemas) -> ByTarget:
    """Return the known failures of each target.

    Raises `FileFault` if a file does not have the format.
    """
    found: dict[str, list[KnownFailure]] = {}
    findings: list[FileFinding] = []
    for target in targets:
        path = root / FOLDER / f"{target}.yaml"
        if path.is_file():
            found[target], faults = read_file(path, schemas)
            findings += faults
    if findings:
        raise FileFault(findings)
    return found


def read_file(
    path: Path, schemas: Schemas
) -> tuple[list[KnownFailure], list[FileFinding]]:
    """Return the known failures of a file, and what is wrong with it."""
    document, findings = read_checked(path, f"{FOLDER}/", "known-failure", schemas)
    if findings:
        return [], findings
    failures = []
    for number, body in enumerate(document):
        try:
            until = date.fromisoformat(body["until"])
        except ValueError as error:
            shown = f"{FOLDER}/{path.name}"
            findings.append(FileFinding(shown, f"/{number}/until", str(error)))
            continue
        failures.append(
            KnownFailure(
                cases=tuple(body["cases"]),
                reason=body["reason"],
                cause=body["cause"],
                evidence=Evidence(body["evidence"]),
                until=until,
                pair_only=body.get("pairOnly", False),
            )
        )
    return failures, findings


def apply_known(run: Run, by_target: ByTarget, ids: Ids[str]) -> Run:
    """Return a run in which known failures are `known`, and entries may be `stale`.

    `ids`: of every case and journey, whether it ran or not.
    """
    return _Application(run, by_target, ids).applied()


@dataclass
class _Application:
    run: Run
    by_target: ByTarget
    ids: Ids[str]

    def __post_init__(self) -> None:
        self._today = datetime.fromtimestamp(self.run.started_ms / 1000, UTC).date()
        self._used: set[tuple[str, str]] = set()

    def applied(self) -> Run:
        judged = replace(
            self.run,
            results=tuple(map(self._known, self.run.results)),
            relays=tuple(map(self._known, self.run.relays)),
            pairs=tuple(map(self._known, self.run.pairs)),
        )
        stale = list(self._stale())
        done = {(each.full_id, each.target) for each in stale}
        # A case that passed is stale itself; it is not counted twice.
        kept = [
            each
            for each in judged.results
            if each.verdict is not Verdict.PASSED
            or (each.full_id, each.target) not in done
        ]
        return replace(judged, results=(*kept, *stale))

    def _known(self, each: Each) -> Each:
        if each.verdict is not Verdict.FAILED:
            return each
        mismatches = () if isinstance(each, Pair) else each.mismatches
        found = self._found(
            each.full_id, each.targets, mismatches, pair=isinstance(each, Pair)
        )
        if found is None:
            return each
        return replace(each, verdict=Verdict.KNOWN, error=found.explanation)

    def _found(
        self,
        full_id: str,
        targets: Sequence[str],
        mismatches: Sequence[Mismatch],
        *,
        pair: bool,
    ) -> KnownFailure | None:
        """Return the entry of a failure, and note that it was needed."""
        first: KnownFailure | None = None
        for target in targets:
            for each in self.by_target.get(target, ()):
                if full_id not in each.cases or each.until < self._today:
                    continue
                if pair or (not each.pair_only and each.covers(mismatches)):
                    self._used.add((full_id, target))
                    first = first or each
        return first

    def _stale(self) -> Iterator[Result]:
        for target in self.run.targets:
            for each in self.by_target.get(target, ()):
                for full_id in each.cases:
                    why = self._why_stale(each, full_id, target)
                    if why:
                        yield Result(full_id, target, Verdict.STALE, 0, error=why)

    def _why_stale(self, each: KnownFailure, full_id: str, target: str) -> str:
        if full_id not in self.ids:
            return "the known failure matches no case"
        if each.until < self._today:
            return f"the known failure ended on {each.until}"
        if (full_id, target) in self._used or not self._judged(each, full_id, target):
            return ""
        return "it no longer fails"

    def _judged(self, each: KnownFailure, full_id: str, target: str) -> bool:
        """Say whether this run would have shown the failure."""
        results: Sequence[Result | Pair] = (
            self.run.pairs if each.pair_only else self.run.results
        )
        return any(
            one.full_id == full_id
            and target in one.targets
            and one.verdict is Verdict.PASSED
            for one in results
        )
