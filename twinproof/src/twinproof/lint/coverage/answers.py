"""What is required of responses: each header, field and enum value, and each problem.

A case that pins a field or header covers it. No case of its own is needed if the tool
checks it in every exchange of that status, because then any case fails:

- a `const` of a schema, if neither it nor anything that contains it is optional;
- a field for which `volatile.yaml` names a kind, under the same condition, and all
  fields below it;
- `implementation`, x-request-id and content-type (`checks/documented.py`), and the etag
  beside the body of a record (`plugin/effects.py`).

A problem has no other field than `errors`. Each code there is required once, of any
operation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from twinproof.cases.matching import MISSING
from twinproof.checks.volatile import Volatile
from twinproof.contract.openapi import Contract, Operation
from twinproof.contract.unreachable import EVERYWHERE
from twinproof.lint.coverage.evidence import CaseEvidence
from twinproof.lint.coverage.pins import is_pinned, values_at
from twinproof.lint.coverage.requirement import (
    Demand,
    Judge,
    Requirement,
    where,
)
from twinproof.lint.coverage.sizes import Bound, bounds_of
from twinproof.lint.coverage.walk import Location, locations

FIRST_PROBLEM = 400
PROBLEM = "urn:problem:"
# checks/documented.py and plugin/effects.py check these in each exchange.
OWN_HEADERS = frozenset({"x-request-id"})
OF_RECORDS = frozenset({"etag"})
OWN_FIELDS = {"/implementation"}
FAULTS = {"bodyFaults": "pointer", "queryFaults": "parameter"}


def of_answers(
    contract: Contract, volatile: Volatile, operation: Operation, status: int
) -> Iterator[Requirement]:
    """Yield the requirements of one documented status of an operation."""
    documented = operation.responses[status]
    name = operation.operation_id
    locations_ = [
        location
        for reference in documented.content.values()
        for location in locations(contract.schemas, reference)
    ]
    ids = {f"/{record.id}" for record in contract.config.records}
    compared = OWN_HEADERS
    if ids & {location.pointer for location in locations_}:
        compared |= OF_RECORDS
    for header, (needed, reference) in documented.headers.items():
        schema = next(locations(contract.schemas, reference)).node
        judge = partial(_sent, status, header)
        if needed and ("const" in schema or header in compared):
            judge = partial(_has_status, status, "")
        yield Requirement(Demand.HEADER, name, f"{status} {header}", where(judge))
        for value in schema.get("enum", ()):
            judge = partial(_sent, status, header, wanted=value)
            demand = f"{status} {header} as {value}"
            yield Requirement(Demand.VALUE, name, demand, where(judge))
    if status < FIRST_PROBLEM:
        volatile_fields = VolatileFields(
            volatile, contract.body_schema(operation, status)
        )
        for location in locations_:
            yield from _field(name, status, location, volatile_fields)
    else:
        for problem in _problems(locations_):
            judge = partial(_has_problem, problem)
            demand = f"{status} {problem}"
            yield Requirement(Demand.PROBLEM, name, demand, where(judge))


def of_faults(contract: Contract) -> Iterator[Requirement]:
    """Yield the requirements of the faults that problems list, for any operation."""
    file = contract.config.files.problems
    known = contract.files.get(file, {}).get("$defs", {})
    for definition, member in FAULTS.items():
        if definition not in known:
            continue
        reference = f"{file}#/$defs/{definition}"
        for location in locations(contract.schemas, reference):
            for value in location.node.get("enum", ()):
                judge = partial(_lists_code, member, value)
                name = f"{member} refused by {value}"
                yield Requirement(Demand.VALUE, EVERYWHERE, name, where(judge))
            for bound in bounds_of(location.node):
                judge = partial(_lists_count, member, bound)
                name = f"{member} faults at {bound.name}"
                yield Requirement(Demand.BOUND, EVERYWHERE, name, where(judge))


class VolatileFields:
    """The fields of a schema that volatile.yaml checks."""

    def __init__(self, volatile: Volatile, schema: str) -> None:
        self._prefix = "/items/*" if schema in volatile.pages else ""
        inner = volatile.pages.get(schema, schema)
        self._paths = {
            f"{self._prefix}/{path}"
            for path, kind in volatile.members.get(inner, {}).items()
            if not kind.is_by_member
        }

    def covers(self, location: Location) -> bool:
        """Return whether a change or a loss of the field fails every case."""
        if location.pointer in self._paths:
            # A kind checks a field only if it is present.
            return location.required
        return any(location.pointer.startswith(f"{path}/") for path in self._paths)


def _field(
    operation: str, status: int, location: Location, volatile_fields: VolatileFields
) -> Iterator[Requirement]:
    def one(kind: Demand, demand: str, judge: Judge) -> Requirement:
        name = f"{status} body {location.pointer} {demand}".rstrip()
        return Requirement(kind, operation, name, where(judge))

    if location.is_leaf:
        judge: Judge = partial(_pinned, status, location)
        fixed = "const" in location.node or location.pointer in OWN_FIELDS
        if volatile_fields.covers(location) or (fixed and location.required):
            judge = partial(_has_status, status, location.pointer)
        yield one(Demand.ANSWER, "", judge)
        values = location.node.get("enum", ())
        for value in values if not volatile_fields.covers(location) else ():
            yield one(
                Demand.VALUE,
                f"as {value}",
                partial(_valued, status, location, value),
            )
    else:
        for bound in bounds_of(location.node):
            judge = partial(_full, status, location, bound)
            yield one(Demand.BOUND, f"at {bound.name}", judge)


def _problems(locations_: list[Location]) -> Iterator[str]:
    """Yield the names of the problems that a documented body allows."""
    for location in locations_:
        kind = location.node.get("properties", {}).get("type", {}).get("const", "")
        if kind.startswith(PROBLEM):
            yield kind.removeprefix(PROBLEM)


# ---- what a case shows ----------------------------------------------------------


def _has_status(status: int, pointer: str, evidence: CaseEvidence) -> bool:
    """Return whether a case expects a status; below a list, with a non-empty list."""
    lists, _, _ = pointer.rpartition("/*")
    return evidence.status == status and (
        not lists or any(values_at(evidence.body, f"{lists}/*"))
    )


def _sent(status: int, header: str, evidence: CaseEvidence, wanted: Any = None) -> bool:
    value = evidence.headers.get(header, MISSING)
    right = is_pinned(value) if wanted is None else value == wanted
    return evidence.status == status and right


def _pinned(status: int, location: Location, evidence: CaseEvidence) -> bool:
    return evidence.status == status and any(
        map(is_pinned, values_at(evidence.body, location.pointer))
    )


def _valued(
    status: int, location: Location, wanted: Any, evidence: CaseEvidence
) -> bool:
    return evidence.status == status and wanted in list(
        values_at(evidence.body, location.pointer)
    )


def _full(
    status: int, location: Location, bound: Bound, evidence: CaseEvidence
) -> bool:
    return evidence.status == status and any(
        map(bound.at, values_at(evidence.body, location.pointer))
    )


def _has_problem(problem: str, evidence: CaseEvidence) -> bool:
    return evidence.problem == problem


def _faults(member: str, evidence: CaseEvidence) -> list[Mapping[str, Any]]:
    found = next(values_at(evidence.body, "/errors"), None)
    faults = found if isinstance(found, list) else []
    return [fault for fault in faults if isinstance(fault, dict) and member in fault]


def _lists_code(member: str, code: str, evidence: CaseEvidence) -> bool:
    return any(fault["code"] == code for fault in _faults(member, evidence))


def _lists_count(member: str, bound: Bound, evidence: CaseEvidence) -> bool:
    return bound.at(_faults(member, evidence))
