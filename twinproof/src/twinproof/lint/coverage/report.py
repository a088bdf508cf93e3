"""Finds the case that meets each requirement, and the requirements without one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from twinproof.cases.model import Case
from twinproof.checks.checks import Checks
from twinproof.contract.openapi import Contract
from twinproof.contract.unreachable import (
    EVERYWHERE,
    Entry,
    covers,
    entries_of,
    problems_of,
)
from twinproof.errors import FileFinding
from twinproof.lint.coverage.answers import of_answers, of_faults
from twinproof.lint.coverage.bodies import of_body
from twinproof.lint.coverage.evidence import CaseEvidence, evidence_of
from twinproof.lint.coverage.items import of_items
from twinproof.lint.coverage.parameters import of_parameters
from twinproof.lint.coverage.requirement import Demand, Requirement


@dataclass(frozen=True)
class Coverage:
    """The requirements of a contract, and the cases that meet them."""

    contract: Contract
    cases: Mapping[Requirement, str]
    """By requirement: the first case or pair that meets it; "": there is none."""
    unreachable: Sequence[Entry]
    """The entries of unreachable.yaml: what tests cover instead of cases."""
    ids: frozenset[str]
    """The ids of all cases."""

    @classmethod
    def of(cls, checks: Checks, cases: Sequence[Case]) -> Coverage:
        """Compute what the cases of a contract cover.

        Raises `FileFault` if a schema or a request cannot be read.
        """
        contract = checks.contract
        evidences: dict[str, list[CaseEvidence]] = defaultdict(list)
        for evidence in evidence_of(contract, cases):
            evidences[evidence.operation].append(evidence)
            evidences[EVERYWHERE].append(evidence)
        met = {
            each: next(iter(each.cover(evidences[each.operation])), "")
            for each in requirements(checks)
        }
        # `lint` reports entries that do not fit their format.
        entries, _ = entries_of(contract)
        ids = frozenset(case.full_id for case in cases)
        return cls(contract, met, entries, ids)

    @cached_property
    def unmet(self) -> set[Requirement]:
        """Return the requirements without a case that unreachable.yaml names."""
        return {
            each
            for each, case in self.cases.items()
            if not case and any(self._names(entry, each) for entry in self.unreachable)
        }

    @cached_property
    def missing(self) -> list[Requirement]:
        """Return the requirements that are neither met nor named."""
        return [
            each
            for each, case in self.cases.items()
            if not case and each not in self.unmet
        ]

    def findings(self) -> Iterator[FileFinding]:
        """Yield a finding for each missing requirement, and for each needless entry."""
        for each in self.missing:
            yield FileFinding("cases", each.operation, f"no case covers {each.name}")
        for entry in self.unreachable:
            if "requirement" in entry or "problem" in entry:
                yield from self._entry(entry)

    def _entry(self, entry: Entry) -> Iterator[FileFinding]:
        file = self.contract.config.files.unreachable
        where = f"{entry['operation']} {_wanted(entry)}"
        named = [each for each in self.cases if self._names(entry, each)]
        if not named:
            yield FileFinding(file, where, "the contract does not require this")
        elif not self.unmet.intersection(named):
            yield FileFinding(file, where, "has a case now")
        for full_id in entry.get("cases", ()):
            if full_id not in self.ids:
                yield FileFinding(file, full_id, "matches no case")

    def _names(self, entry: Entry, requirement: Requirement) -> bool:
        """Return whether an entry of unreachable.yaml covers a requirement.

        An entry for a status covers its headers, and its problem if there is only one.
        If there are several, each needs an entry that names it.
        """
        if entry["operation"] not in (requirement.operation, EVERYWHERE):
            return False
        if "requirement" in entry or (
            "problem" in entry and requirement.kind is Demand.PROBLEM
        ):
            return bool(_wanted(entry) == requirement.name)
        status, operation = entry["status"], requirement.operation
        if _status(requirement) != str(status):
            return False
        if requirement.kind is Demand.HEADER:
            return covers(self.contract, entry, operation, status)
        return (
            requirement.kind is Demand.PROBLEM
            and len(problems_of(self.contract, operation, status)) == 1
        )

    def counts(self) -> Iterator[str]:
        """Yield a table: how many requirements of each kind there are and are met."""
        kinds = Counter(each.kind for each in self.cases)
        unreachable = Counter(each.kind for each in self.unmet)
        missing = Counter(each.kind for each in self.missing)
        yield _row("", "required", "by cases", "unreachable", "missing")
        for kind in kinds:
            yield _counted(kind, kinds[kind], unreachable[kind], missing[kind])
        yield _counted("all", kinds.total(), unreachable.total(), missing.total())


def requirements(checks: Checks) -> Iterator[Requirement]:
    """Yield every requirement of a contract."""
    contract, volatile = checks.contract, checks.volatile
    for operation in contract.operations.values():
        yield from of_body(contract, operation)
        yield from of_parameters(contract, operation)
        for status in operation.responses:
            yield from of_answers(contract, volatile, operation, status)
    yield from of_faults(contract)
    yield from of_items(contract, volatile)


def _status(requirement: Requirement) -> str:
    """Return the status of a requirement of a response."""
    return requirement.name.partition(" ")[0]


def _wanted(entry: Entry) -> str:
    """Return the requirement that an entry names."""
    if "requirement" in entry:
        return str(entry["requirement"])
    return f"{entry['status']} {entry['problem']}"


def _counted(kind: Demand | str, total: int, unreachable: int, missing: int) -> str:
    return _row(kind, total, total - unreachable - missing, unreachable, missing)


def _row(kind: str, *cells: object) -> str:
    return f"{kind:18}" + "".join(f"{cell:>10}" for cell in cells)
