"""What is required of stored items: an `after` or a kind checks each field."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from twinproof.checks.volatile import Volatile
from twinproof.contract.openapi import Contract
from twinproof.contract.unreachable import EVERYWHERE
from twinproof.lint.coverage.answers import VolatileFields
from twinproof.lint.coverage.evidence import CaseEvidence
from twinproof.lint.coverage.pins import is_pinned, values_at
from twinproof.lint.coverage.requirement import Demand, Requirement, where
from twinproof.lint.coverage.walk import Location, locations


def of_items(contract: Contract, volatile: Volatile) -> Iterator[Requirement]:
    """Yield the requirements of every schema of an item."""
    for path in sorted((contract.root / "schemas").glob("stored-*.json")):
        schema = f"schemas/{path.name}"
        volatile_fields = VolatileFields(volatile, schema)
        for reference in _kinds(contract, schema):
            for location in locations(contract.schemas, reference):
                if location.is_leaf:
                    yield from _field(reference, location, volatile_fields)


def _kinds(contract: Contract, schema: str) -> list[str]:
    """Return a schema, or its alternatives."""
    node = contract.schemas.look_up(schema).contents
    return [f"{schema}{part['$ref']}" for part in node.get("oneOf", ())] or [schema]


def _field(
    reference: str, location: Location, volatile_fields: VolatileFields
) -> Iterator[Requirement]:
    name = f"{reference.removeprefix('schemas/')} {location.pointer}"
    judge = (
        _any
        if volatile_fields.covers(location)
        else partial(_pinned, reference, location)
    )
    yield Requirement(Demand.STORED, EVERYWHERE, name, where(judge))
    for value in location.node.get("enum", ()):
        valued = partial(_valued, reference, location, value)
        yield Requirement(Demand.VALUE, EVERYWHERE, f"{name} as {value}", where(valued))


def _any(_: CaseEvidence) -> bool:
    return True


def _found(reference: str, location: Location, evidence: CaseEvidence) -> Iterator[Any]:
    for item in evidence.after.get(reference, ()):
        yield from values_at(item, location.pointer)


def _pinned(reference: str, location: Location, evidence: CaseEvidence) -> bool:
    return any(map(is_pinned, _found(reference, location, evidence)))


def _valued(
    reference: str, location: Location, wanted: Any, evidence: CaseEvidence
) -> bool:
    return wanted in list(_found(reference, location, evidence))
