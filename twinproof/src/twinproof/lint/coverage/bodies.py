"""What is required of request bodies: each field, each bound, each JSON type.

A case covers that a field is *accepted* if it sends the field and is not refused, that
it is *answered* if it also pins it in the response, and that it is *stored* if it also
pins it in `after` or in the response. The response is enough: after each write the tool
compares the stored record with the body of the response, field by field (`stored.py`),
so a field that is returned and not stored fails that case too. A value that the record
had before does not count: it remains if the field is ignored. For a creation, no value
of any record of that kind counts: a repeat returns a record that already existed.

A bound needs two cases: one sends a value exactly at it and pins that value, one sends
a value one past it and is refused with its pointer and code. `type`, `pattern`,
`required` and `additionalProperties` have no such neighbours: any accepted value and
any value refused with the code will do.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from twinproof.cases.matching import MISSING
from twinproof.contract.openapi import Contract, Operation
from twinproof.contract.schemas import escape_pointer
from twinproof.lint.coverage.evidence import CaseEvidence
from twinproof.lint.coverage.pins import RUNTIME, is_pinned, values_at
from twinproof.lint.coverage.requirement import Demand, Judge, Requirement, where
from twinproof.lint.coverage.sizes import Test, bounds_of
from twinproof.lint.coverage.walk import Location, locations

UNKNOWN = "additionalProperties"
# The Python types that json.loads returns for each JSON type.
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
    "array": (list,),
    "object": (dict,),
}


def of_body(contract: Contract, operation: Operation) -> Iterator[Requirement]:
    """Yield the requirements of the body of an operation; none if it takes no body."""
    for media_type in operation.request_content:
        judge = partial(_takes, media_type)
        name = f"body as {media_type}"
        yield _required(operation, Demand.PARAMETER, name, judge)
    # Both media types of a PATCH mean the same (rules.md, Media type).
    for reference in list(operation.request_content.values())[:1]:
        answered = _answered(contract, operation)
        for location in locations(contract.schemas, reference):
            yield from _fields(operation, location, answered)
            yield from _bounds(operation, location)
            yield from _refusals(operation, location)
            yield from _choices(operation, location)


def _answered(contract: Contract, operation: Operation) -> set[str]:
    """Return the pointers of the fields in the operation's successful responses."""
    return {
        location.pointer
        for status, documented in operation.responses.items()
        if status < 300
        for reference in documented.content.values()
        for location in locations(contract.schemas, reference)
    }


def _fields(
    operation: Operation, location: Location, answered: set[str]
) -> Iterator[Requirement]:
    if location.pointer:
        yield _of(
            operation, location, Demand.FIELD, "accepted", partial(_sends, location)
        )
        if location.pointer in answered:
            judge = partial(_answers, location)
            yield _of(operation, location, Demand.FIELD, "answered", judge)
        judge = partial(_keeps, location)
        yield _of(operation, location, Demand.FIELD, "stored", judge)


def _bounds(operation: Operation, location: Location) -> Iterator[Requirement]:
    for bound in bounds_of(location.node):
        at = partial(_keeps, location, test=bound.at)
        yield _of(operation, location, Demand.BOUND, f"at {bound.name}", at)
        if bound.past:
            past = partial(_refused, location, bound.keyword, bound.past)
            yield _of(operation, location, Demand.BOUND, f"past {bound.name}", past)


def _refusals(operation: Operation, location: Location) -> Iterator[Requirement]:
    for keyword in ("type", "pattern"):
        if keyword in location.node:
            judge = partial(_faulty, location.pointer, keyword)
            yield _of(operation, location, Demand.BOUND, f"refused by {keyword}", judge)
    for name in location.node.get("required", ()):
        judge = partial(_faulty, f"{location.pointer}/{name}", "required")
        yield _of(operation, location, Demand.BOUND, f"refused without {name}", judge)
    if location.node.get("additionalProperties") is False:
        judge = partial(_unknown, location)
        yield _of(
            operation,
            location,
            Demand.BOUND,
            "refused with another member",
            judge,
        )


def _choices(operation: Operation, location: Location) -> Iterator[Requirement]:
    for name in location.types if len(location.types) > 1 else ():
        judge = partial(_keeps, location, test=partial(_is_a, name))
        if name == "null":
            judge = partial(_removes, location)
        yield _of(operation, location, Demand.BOUND, f"accepted as {name}", judge)


def _of(
    operation: Operation, location: Location, kind: Demand, demand: str, judge: Judge
) -> Requirement:
    name = " ".join(filter(None, ["body", location.pointer, demand]))
    return _required(operation, kind, name, judge)


def _required(
    operation: Operation, kind: Demand, name: str, judge: Judge
) -> Requirement:
    return Requirement(kind, operation.operation_id, name, where(judge))


# ---- what a case shows ----------------------------------------------------------


def _takes(media_type: str, evidence: CaseEvidence) -> bool:
    return evidence.accepted and evidence.request.header("content-type") == media_type


def _has(location: Location, evidence: CaseEvidence, test: Test) -> bool:
    """Return whether the body of the request has such a value there."""
    return any(
        value is not MISSING and test(value)
        for value in values_at(evidence.sent, location.pointer)
    )


def _sends(
    location: Location, evidence: CaseEvidence, test: Test = lambda _: True
) -> bool:
    """Return whether such a value is sent and accepted."""
    return evidence.accepted and _has(location, evidence, test)


def _new(location: Location, evidence: CaseEvidence, tree: Any, test: Test) -> bool:
    """Return whether a body or an item pins such a value there, and it is new."""
    before = _before(location, evidence)
    return any(
        is_pinned(value) and value not in before and (value is RUNTIME or test(value))
        for value in values_at(tree, location.pointer)
    )


def _before(location: Location, evidence: CaseEvidence) -> list[Any]:
    return [
        value for item in evidence.before for value in values_at(item, location.pointer)
    ]


def _answers(
    location: Location, evidence: CaseEvidence, test: Test = lambda _: True
) -> bool:
    """Return whether such a value is sent, and pinned in the response."""
    return _sends(location, evidence, test) and _new(
        location, evidence, evidence.body, test
    )


def _keeps(
    location: Location, evidence: CaseEvidence, test: Test = lambda _: True
) -> bool:
    """Return whether such a value is sent, and pinned in the response or the record."""
    items = evidence.after.get(evidence.stored_schema, ())
    return _answers(location, evidence, test) or (
        _sends(location, evidence, test)
        and any(_new(location, evidence, item, test) for item in items)
    )


def _removes(location: Location, evidence: CaseEvidence) -> bool:
    """Return whether null is sent for an existing value, which the response lacks."""
    was = _before(location, evidence) != [MISSING]
    absent = list(values_at(evidence.body, location.pointer)) == [MISSING]
    return was and absent and _sends(location, evidence, partial(_is_a, "null"))


def _refused(location: Location, code: str, test: Test, evidence: CaseEvidence) -> bool:
    """Return whether such a value is sent and refused with this code."""
    return _faulty(location.pointer, code, evidence) and _has(location, evidence, test)


def _faulty(pointer: str, code: str, evidence: CaseEvidence) -> bool:
    return evidence.refused("pointer", pointer, code)


def _unknown(location: Location, evidence: CaseEvidence) -> bool:
    """Return whether a field that the schema does not know is refused."""
    known = location.node.get("properties", {})
    return any(
        _faulty(f"{location.pointer}/{escape_pointer(name)}", UNKNOWN, evidence)
        for value in values_at(evidence.sent, location.pointer)
        if isinstance(value, dict)
        for name in value.keys() - known
    )


def _is_a(name: str, value: Any) -> bool:
    """Return whether a value that json.loads returned is of a JSON type."""
    fits = isinstance(value, TYPES[name])
    return fits and (name == "boolean" or not isinstance(value, bool))
