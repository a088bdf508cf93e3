"""What is required of stored items: each member, pinned by an `after` or by a rule."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from twinproof.checks.volatile import Volatile
from twinproof.contract.openapi import Contract
from twinproof.contract.unreachable import EVERYWHERE
from twinproof.lint.coverage.answers import Held
from twinproof.lint.coverage.evidence import Evidence
from twinproof.lint.coverage.pins import is_pinned, values_at
from twinproof.lint.coverage.requirement import Demand, Requirement, where
from twinproof.lint.coverage.walk import Place, places


def of_items(contract: Contract, volatile: Volatile) -> Iterator[Requirement]:
    """Yield what is required of every schema of an item."""
    for path in sorted((contract.root / "schemas").glob("stored-*.json")):
        schema = f"schemas/{path.name}"
        held = Held(volatile, schema)
        for reference in _kinds(contract, schema):
            for place in places(contract.schemas, reference):
                if place.is_leaf:
                    yield from _member(reference, place, held)


def _kinds(contract: Contract, schema: str) -> list[str]:
    """Return a schema, or each of the kinds of item it chooses from."""
    node = contract.schemas.look_up(schema).contents
    return [f"{schema}{part['$ref']}" for part in node.get("oneOf", ())] or [schema]


def _member(reference: str, place: Place, held: Held) -> Iterator[Requirement]:
    name = f"{reference.removeprefix('schemas/')} {place.pointer}"
    judge = _any if held.holds(place) else partial(_pinned, reference, place)
    yield Requirement(Demand.STORED, EVERYWHERE, name, where(judge))
    for value in place.node.get("enum", ()):
        valued = partial(_valued, reference, place, value)
        yield Requirement(Demand.VALUE, EVERYWHERE, f"{name} as {value}", where(valued))


def _any(_: Evidence) -> bool:
    return True


def _found(reference: str, place: Place, evidence: Evidence) -> Iterator[Any]:
    for item in evidence.after.get(reference, ()):
        yield from values_at(item, place.pointer)


def _pinned(reference: str, place: Place, evidence: Evidence) -> bool:
    return any(map(is_pinned, _found(reference, place, evidence)))


def _valued(reference: str, place: Place, wanted: Any, evidence: Evidence) -> bool:
    return wanted in list(_found(reference, place, evidence))
