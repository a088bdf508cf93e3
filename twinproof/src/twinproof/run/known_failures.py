"""What targets are excused, why and until when: contract/divergences/<target>.yaml."""

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
from twinproof.errors import FileFault, Finding
from twinproof.run.results import Basis, Pair, Result, Run, Verdict

FOLDER = "divergences"
Each = TypeVar("Each", Result, Pair)


@dataclass(frozen=True)
class KnownFailure:
    """One cause, and the cases it makes differ."""

    cases: tuple[str, ...]
    reason: str
    cause: str
    basis: Basis
    until: date
    """The last day on which it counts, in UTC; `date.max`: as long as it diverges."""
    pair_only: bool = False
    """Whether the cases hold on the target, and differ only beside another."""
    seen: Mapping[str, Value] = field(default_factory=dict)
    """What is got instead, by part of the exchange; none: whatever is got."""

    def covers(self, mismatches: Sequence[Mismatch]) -> bool:
        """Say whether it accounts for all mismatches of a failure.

        An answer of another status differs in its other parts too.
        """
        got = {each.where: each.got for each in mismatches}
        shown = all(got.get(where) == value for where, value in self.seen.items())
        whole = not self.seen or "status" in self.seen
        return shown and (whole or got.keys() == self.seen.keys())

    @property
    def told(self) -> str:
        """Return why something is excused, with what stands behind that."""
        end = "" if self.until == date.max else f"; until {self.until}"
        return f"{self.reason}: {self.cause} ({self.basis.meaning}{end})"


ByTarget = Mapping[str, Sequence[KnownFailure]]


def read_divergences(root: Path, targets: Ids[str], schemas: Schemas) -> ByTarget:
    """Return what each target is excused; raise `FileFault` for a file that is bad."""
    found: dict[str, list[KnownFailure]] = {}
    findings: list[Finding] = []
    for target in targets:
        path = root / FOLDER / f"{target}.yaml"
        if path.is_file():
            found[target], faults = read_file(path, schemas)
            findings += faults
    if findings:
        raise FileFault(findings)
    return found


def read_file(path: Path, schemas: Schemas) -> tuple[list[KnownFailure], list[Finding]]:
    """Return a file's divergences, and what is wrong with it."""
    document, findings = read_checked(path, f"{FOLDER}/", "divergence", schemas)
    if findings:
        return [], findings
    divergences = []
    for number, body in enumerate(document):
        try:
            until = date.fromisoformat(body["until"])
        except ValueError as error:
            shown = f"{FOLDER}/{path.name}"
            findings.append(Finding(shown, f"/{number}/until", str(error)))
            continue
        divergences.append(
            KnownFailure(
                cases=tuple(body["cases"]),
                reason=body["reason"],
                cause=body["cause"],
                basis=Basis(body["basis"]),
                until=until,
                pair_only=body.get("pairOnly", False),
            )
        )
    return divergences, findings


def excuse(run: Run, by_target: ByTarget, ids: Ids[str]) -> Run:
    """Return a run with what is excused as that, and what is stale as that.

    `ids`: of every case and journey there is, whether it ran or not.
    """
    return _Excuses(run, by_target, ids).applied()


@dataclass
class _Excuses:
    run: Run
    by_target: ByTarget
    ids: Ids[str]

    def __post_init__(self) -> None:
        self._today = datetime.fromtimestamp(self.run.started_ms / 1000, UTC).date()
        self._used: set[tuple[str, str]] = set()

    def applied(self) -> Run:
        excused = replace(
            self.run,
            results=tuple(map(self._excused, self.run.results)),
            batons=tuple(map(self._excused, self.run.batons)),
            pairs=tuple(map(self._excused, self.run.pairs)),
        )
        stale = list(self._stale())
        done = {(each.full_id, each.target) for each in stale}
        # What passed though it was excused is stale itself; it is not counted twice.
        kept = [
            each
            for each in excused.results
            if each.verdict is not Verdict.PASSED
            or (each.full_id, each.target) not in done
        ]
        return replace(excused, results=(*kept, *stale))

    def _excused(self, each: Each) -> Each:
        if each.verdict is not Verdict.FAILED:
            return each
        mismatches = () if isinstance(each, Pair) else each.mismatches
        found = self._found(
            each.full_id, each.targets, mismatches, pair=isinstance(each, Pair)
        )
        if found is None:
            return each
        return replace(each, verdict=Verdict.EXCUSED, error=found.told)

    def _found(
        self,
        full_id: str,
        targets: Sequence[str],
        mismatches: Sequence[Mismatch],
        *,
        pair: bool,
    ) -> KnownFailure | None:
        """Return what excuses a failure, and note that it was needed."""
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
            return "the divergence matches no case"
        if each.until < self._today:
            return f"the divergence ended on {each.until}"
        if (full_id, target) in self._used or not self._judged(each, full_id, target):
            return ""
        return "it no longer diverges"

    def _judged(self, each: KnownFailure, full_id: str, target: str) -> bool:
        """Say whether this run would have shown the divergence."""
        results: Sequence[Result | Pair] = (
            self.run.pairs if each.pair_only else self.run.results
        )
        return any(
            one.full_id == full_id
            and target in one.targets
            and one.verdict is Verdict.PASSED
            for one in results
        )
