"""What is required of request bodies: each member, each bound, each JSON type.

A member is *accepted* by a case that sends it and is not refused. It is *answered* by
such a case that pins it in the answer. It is *stored* by such a case that pins it in
`after` or in the answer. The answer is enough: after each write the engine compares the
stored record with the body that was answered, member by member (`stored.py`), so a
member that is answered and not stored fails that case too. A value that the record had
before does not count: it is still there where the member is ignored. Of a creation, no
value of any record of that kind counts: a repeat answers with a record that was there.

A bound is held by two cases: one sends a value exactly at it and pins that value, one
sends a value one past it and is refused with its pointer and code. `type`, `pattern`,
`required` and `additionalProperties` have no such neighbours: any accepted
value and any value refused with the code will do.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from twinproof.cases.matching import MISSING
from twinproof.contract.openapi import Contract, Operation
from twinproof.contract.schemas import escape_pointer
from twinproof.lint.coverage.evidence import Evidence
from twinproof.lint.coverage.pins import RUNTIME, is_pinned, values_at
from twinproof.lint.coverage.requirement import Demand, Judge, Requirement, where
from twinproof.lint.coverage.sizes import Test, bounds_of
from twinproof.lint.coverage.walk import Place, places

UNKNOWN = "additionalProperties"
# What json.loads makes of each JSON type.
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
    """Yield what is required of the body of an operation; nothing if it takes none."""
    for media_type in operation.request_content:
        judge = partial(_takes, media_type)
        name = f"body as {media_type}"
        yield _required(operation, Demand.PARAMETER, name, judge)
    # Both media types of a PATCH mean the same (rules.md, Media type).
    for reference in list(operation.request_content.values())[:1]:
        answered = _answered(contract, operation)
        for place in places(contract.schemas, reference):
            yield from _members(operation, place, answered)
            yield from _bounds(operation, place)
            yield from _refusals(operation, place)
            yield from _choices(operation, place)


def _answered(contract: Contract, operation: Operation) -> set[str]:
    """Return the members of what the operation answers when it accepts."""
    return {
        place.pointer
        for status, documented in operation.responses.items()
        if status < 300
        for reference in documented.content.values()
        for place in places(contract.schemas, reference)
    }


def _members(
    operation: Operation, place: Place, answered: set[str]
) -> Iterator[Requirement]:
    if place.pointer:
        yield _of(operation, place, Demand.FIELD, "accepted", partial(_sends, place))
        if place.pointer in answered:
            judge = partial(_answers, place)
            yield _of(operation, place, Demand.FIELD, "answered", judge)
        judge = partial(_keeps, place)
        yield _of(operation, place, Demand.FIELD, "stored", judge)


def _bounds(operation: Operation, place: Place) -> Iterator[Requirement]:
    for bound in bounds_of(place.node):
        at = partial(_keeps, place, test=bound.at)
        yield _of(operation, place, Demand.BOUND, f"at {bound.name}", at)
        if bound.past:
            past = partial(_refused, place, bound.keyword, bound.past)
            yield _of(operation, place, Demand.BOUND, f"past {bound.name}", past)


def _refusals(operation: Operation, place: Place) -> Iterator[Requirement]:
    for keyword in ("type", "pattern"):
        if keyword in place.node:
            judge = partial(_faulty, place.pointer, keyword)
            yield _of(operation, place, Demand.BOUND, f"refused by {keyword}", judge)
    for name in place.node.get("required", ()):
        judge = partial(_faulty, f"{place.pointer}/{name}", "required")
        yield _of(operation, place, Demand.BOUND, f"refused without {name}", judge)
    if place.node.get("additionalProperties") is False:
        judge = partial(_unknown, place)
        yield _of(
            operation,
            place,
            Demand.BOUND,
            "refused with another member",
            judge,
        )


def _choices(operation: Operation, place: Place) -> Iterator[Requirement]:
    for name in place.types if len(place.types) > 1 else ():
        judge = partial(_keeps, place, test=partial(_is_a, name))
        if name == "null":
            judge = partial(_removes, place)
        yield _of(operation, place, Demand.BOUND, f"accepted as {name}", judge)


def _of(
    operation: Operation, place: Place, kind: Demand, demand: str, judge: Judge
) -> Requirement:
    name = " ".join(filter(None, ["body", place.pointer, demand]))
    return _required(operation, kind, name, judge)


def _required(
    operation: Operation, kind: Demand, name: str, judge: Judge
) -> Requirement:
    return Requirement(kind, operation.operation_id, name, where(judge))


# ---- what a case shows ----------------------------------------------------------


def _takes(media_type: str, evidence: Evidence) -> bool:
    return evidence.accepted and evidence.request.header("content-type") == media_type


def _has(place: Place, evidence: Evidence, test: Test) -> bool:
    """Say whether the body that is sent has such a value there."""
    return any(
        value is not MISSING and test(value)
        for value in values_at(evidence.sent, place.pointer)
    )


def _sends(place: Place, evidence: Evidence, test: Test = lambda _: True) -> bool:
    """Say whether such a value is sent and accepted."""
    return evidence.accepted and _has(place, evidence, test)


def _new(place: Place, evidence: Evidence, tree: Any, test: Test) -> bool:
    """Say whether a body or an item is pinned there, to such a value that is new."""
    before = _before(place, evidence)
    return any(
        is_pinned(value) and value not in before and (value is RUNTIME or test(value))
        for value in values_at(tree, place.pointer)
    )


def _before(place: Place, evidence: Evidence) -> list[Any]:
    return [
        value for item in evidence.before for value in values_at(item, place.pointer)
    ]


def _answers(place: Place, evidence: Evidence, test: Test = lambda _: True) -> bool:
    """Say whether such a value is sent, and pinned in the answer."""
    return _sends(place, evidence, test) and _new(place, evidence, evidence.body, test)


def _keeps(place: Place, evidence: Evidence, test: Test = lambda _: True) -> bool:
    """Say whether such a value is sent, and pinned in the answer or in the record."""
    items = evidence.after.get(evidence.stored_schema, ())
    return _answers(place, evidence, test) or (
        _sends(place, evidence, test)
        and any(_new(place, evidence, item, test) for item in items)
    )


def _removes(place: Place, evidence: Evidence) -> bool:
    """Say whether null is sent for what was there, and the answer is without it."""
    was = _before(place, evidence) != [MISSING]
    absent = list(values_at(evidence.body, place.pointer)) == [MISSING]
    return was and absent and _sends(place, evidence, partial(_is_a, "null"))


def _refused(place: Place, code: str, test: Test, evidence: Evidence) -> bool:
    """Say whether such a value is sent, and refused for it."""
    return _faulty(place.pointer, code, evidence) and _has(place, evidence, test)


def _faulty(pointer: str, code: str, evidence: Evidence) -> bool:
    return evidence.refused("pointer", pointer, code)


def _unknown(place: Place, evidence: Evidence) -> bool:
    """Say whether a member that the schema does not know is refused."""
    known = place.node.get("properties", {})
    return any(
        _faulty(f"{place.pointer}/{escape_pointer(name)}", UNKNOWN, evidence)
        for value in values_at(evidence.sent, place.pointer)
        if isinstance(value, dict)
        for name in value.keys() - known
    )


def _is_a(name: str, value: Any) -> bool:
    """Say whether a value that json.loads read is of a JSON type."""
    fits = isinstance(value, TYPES[name])
    return fits and (name == "boolean" or not isinstance(value, bool))
