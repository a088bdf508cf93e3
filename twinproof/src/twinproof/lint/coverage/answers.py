"""What is required of answers: each header, member and enum value, and each problem.

A member or header is answered by a case that pins it. It needs no case of its own where
the engine compares it in every exchange of that status, so that any case fails:

- a `const` of a schema, where neither it nor what it is in may be left out;
- a member for which `volatile.yaml` names a rule, where the same holds, and all below
  it;
- `implementation`, x-request-id and content-type (`conformance.py`), and the etag
  beside the body of a record (`plugin/effects.py`).

A problem has no further member than `errors`. Each code in those is required once, of
any operation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from twinproof.cases.matching import MISSING
from twinproof.checks.volatile import Volatile
from twinproof.contract.openapi import Contract, Operation
from twinproof.contract.unreachable import EVERYWHERE
from twinproof.lint.coverage.evidence import Evidence
from twinproof.lint.coverage.pins import is_pinned, values_at
from twinproof.lint.coverage.requirement import (
    Demand,
    Judge,
    Requirement,
    where,
)
from twinproof.lint.coverage.sizes import Bound, bounds_of
from twinproof.lint.coverage.walk import Place, places

FIRST_PROBLEM = 400
PROBLEM = "urn:problem:"
# conformance.py and plugin/effects.py compare these in each exchange.
OWN_HEADERS = frozenset({"x-request-id"})
OF_RECORDS = frozenset({"etag"})
OWN_MEMBERS = {"/implementation"}
FAULTS = {"bodyFaults": "pointer", "queryFaults": "parameter"}


def of_answers(
    contract: Contract, volatile: Volatile, operation: Operation, status: int
) -> Iterator[Requirement]:
    """Yield what is required of one documented status of an operation."""
    documented = operation.responses[status]
    name = operation.operation_id
    places_ = [
        place
        for reference in documented.content.values()
        for place in places(contract.schemas, reference)
    ]
    ids = {f"/{record.id}" for record in contract.config.records}
    compared = OWN_HEADERS
    if ids & {place.pointer for place in places_}:
        compared |= OF_RECORDS
    for header, (needed, reference) in documented.headers.items():
        schema = next(places(contract.schemas, reference)).node
        judge = partial(_sent, status, header)
        if needed and ("const" in schema or header in compared):
            judge = partial(_reached, status, "")
        yield Requirement(Demand.HEADER, name, f"{status} {header}", where(judge))
        for value in schema.get("enum", ()):
            judge = partial(_sent, status, header, wanted=value)
            demand = f"{status} {header} as {value}"
            yield Requirement(Demand.VALUE, name, demand, where(judge))
    if status < FIRST_PROBLEM:
        held = Held(volatile, contract.body_schema(operation, status))
        for place in places_:
            yield from _member(name, status, place, held)
    else:
        for problem in _problems(places_):
            judge = partial(_told, problem)
            demand = f"{status} {problem}"
            yield Requirement(Demand.PROBLEM, name, demand, where(judge))


def of_faults(contract: Contract) -> Iterator[Requirement]:
    """Yield what is required of the faults that problems list, of any operation."""
    file = contract.config.files.problems
    known = contract.files.get(file, {}).get("$defs", {})
    for definition, member in FAULTS.items():
        if definition not in known:
            continue
        reference = f"{file}#/$defs/{definition}"
        for place in places(contract.schemas, reference):
            for value in place.node.get("enum", ()):
                judge = partial(_lists, member, value)
                name = f"{member} refused by {value}"
                yield Requirement(Demand.VALUE, EVERYWHERE, name, where(judge))
            for bound in bounds_of(place.node):
                judge = partial(_lists_so_many, member, bound)
                name = f"{member} faults at {bound.name}"
                yield Requirement(Demand.BOUND, EVERYWHERE, name, where(judge))


class Held:
    """The members of a schema that volatile.yaml holds by rules."""

    def __init__(self, volatile: Volatile, schema: str) -> None:
        self._prefix = "/items/*" if schema in volatile.pages else ""
        inner = volatile.pages.get(schema, schema)
        self._paths = {
            f"{self._prefix}/{path}"
            for path, kind in volatile.members.get(inner, {}).items()
            if not kind.is_by_member
        }

    def holds(self, place: Place) -> bool:
        """Say whether a change and a loss there break a rule."""
        if place.pointer in self._paths:
            # A rule looks only at what is there.
            return place.required
        return any(place.pointer.startswith(f"{path}/") for path in self._paths)


def _member(
    operation: str, status: int, place: Place, held: Held
) -> Iterator[Requirement]:
    def one(kind: Demand, demand: str, judge: Judge) -> Requirement:
        name = f"{status} body {place.pointer} {demand}".rstrip()
        return Requirement(kind, operation, name, where(judge))

    if place.is_leaf:
        judge: Judge = partial(_pinned, status, place)
        fixed = "const" in place.node or place.pointer in OWN_MEMBERS
        if held.holds(place) or (fixed and place.required):
            judge = partial(_reached, status, place.pointer)
        yield one(Demand.ANSWER, "", judge)
        values = place.node.get("enum", ())
        for value in values if not held.holds(place) else ():
            yield one(
                Demand.VALUE,
                f"as {value}",
                partial(_valued, status, place, value),
            )
    else:
        for bound in bounds_of(place.node):
            judge = partial(_full, status, place, bound)
            yield one(Demand.BOUND, f"at {bound.name}", judge)


def _problems(places_: list[Place]) -> Iterator[str]:
    """Yield the names of the problems that a documented body may be."""
    for place in places_:
        kind = place.node.get("properties", {}).get("type", {}).get("const", "")
        if kind.startswith(PROBLEM):
            yield kind.removeprefix(PROBLEM)


# ---- what a case shows ----------------------------------------------------------


def _reached(status: int, pointer: str, evidence: Evidence) -> bool:
    """Say whether a status is answered; below a list, with something in the list."""
    lists, _, _ = pointer.rpartition("/*")
    return evidence.status == status and (
        not lists or any(values_at(evidence.body, f"{lists}/*"))
    )


def _sent(status: int, header: str, evidence: Evidence, wanted: Any = None) -> bool:
    value = evidence.headers.get(header, MISSING)
    right = is_pinned(value) if wanted is None else value == wanted
    return evidence.status == status and right


def _pinned(status: int, place: Place, evidence: Evidence) -> bool:
    return evidence.status == status and any(
        map(is_pinned, values_at(evidence.body, place.pointer))
    )


def _valued(status: int, place: Place, wanted: Any, evidence: Evidence) -> bool:
    return evidence.status == status and wanted in list(
        values_at(evidence.body, place.pointer)
    )


def _full(status: int, place: Place, bound: Bound, evidence: Evidence) -> bool:
    return evidence.status == status and any(
        map(bound.at, values_at(evidence.body, place.pointer))
    )


def _told(problem: str, evidence: Evidence) -> bool:
    return evidence.problem == problem


def _faults(member: str, evidence: Evidence) -> list[Mapping[str, Any]]:
    found = next(values_at(evidence.body, "/errors"), None)
    faults = found if isinstance(found, list) else []
    return [fault for fault in faults if isinstance(fault, dict) and member in fault]


def _lists(member: str, code: str, evidence: Evidence) -> bool:
    return any(fault["code"] == code for fault in _faults(member, evidence))


def _lists_so_many(member: str, bound: Bound, evidence: Evidence) -> bool:
    return bound.at(_faults(member, evidence))
