"""What is required of parameters: path, query and header.

A case covers that a parameter is *accepted* if it sends it and is not refused. Two
cases cover that it *decides* if they have the same fixtures, send requests that differ
only in this parameter, and cannot both pass with one response. An implementation that
does not read the parameter sees the same request twice, so it fails one of the two. A
pair with a 400 does not count: an implementation that only checks the parameter's form
passes it. An id in the path needs no such pair: the tool compares each response, and
each deletion, with the record that the path names (the kinds `identity` and
`download-url`, and stored.py).

A query past a bound is refused by `errors`, a cursor by `invalid-cursor`, a header by
`malformed-request`, an id in the path by `not-found` (rules.md, Order of checks). The
case for an id also sends an unknown query parameter: if the id passed, the response
would be the 400 for that parameter.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import combinations

from twinproof.cases.matching import MISSING
from twinproof.contract.ecma import found
from twinproof.contract.openapi import Contract, Operation, Parameter
from twinproof.lint.coverage.evidence import CaseEvidence
from twinproof.lint.coverage.pins import OPEN, contradict, pins_a_value
from twinproof.lint.coverage.requirement import Demand, Judge, Requirement, where
from twinproof.lint.coverage.sizes import Bound, bounds_of
from twinproof.lint.coverage.walk import Location, locations

CURSOR = "cursor"
PROBLEMS = {"header": "malformed-request", "path": "not-found"}
# rules.md, Query: only the maximum of a number is checked as a number.
CODES_OF_NUMBERS = {"type": "pattern", "minimum": "pattern"}
INTEGER = re.compile("-?[0-9]+")
# int() reads at most 4,300 digits, and no bound has as many.
NUMBER = re.compile("-?[0-9]{1,4300}")
OWS = " \t"
UNFIT = 400


def of_parameters(contract: Contract, operation: Operation) -> Iterator[Requirement]:
    """Yield the requirements of the parameters of an operation."""
    for parameter in operation.parameters:
        location = next(iter(locations(contract.schemas, parameter.schema)))
        yield from _parameter(operation, parameter, location)
    yield Requirement(
        Demand.PARAMETER,
        operation.operation_id,
        "query refused with another parameter",
        where(partial(_unknown, operation)),
    )


def _parameter(
    operation: Operation, parameter: Parameter, location: Location
) -> Iterator[Requirement]:
    def one(kind: Demand, demand: str, judge: Judge) -> Requirement:
        name = f"{parameter.location} {parameter.name} {demand}"
        return Requirement(kind, operation.operation_id, name, where(judge))

    accepted = partial(_accepted, parameter)
    yield one(Demand.PARAMETER, "accepted", accepted)
    if parameter.location != "path":
        name = f"{parameter.location} {parameter.name} decides"
        pairs = partial(_deciding, parameter)
        yield Requirement(Demand.PARAMETER, operation.operation_id, name, pairs)
    if parameter.location == "query":
        yield one(Demand.BOUND, "refused twice", partial(_twice, parameter))
    for bound in bounds_of(location.node):
        yield one(Demand.BOUND, f"at {bound.name}", partial(_at, parameter, bound))
        yield one(
            Demand.BOUND,
            f"past {bound.name}",
            partial(_past, parameter, bound),
        )
    for keyword in _refusing(location):
        judge = partial(_refused, parameter, location, keyword)
        yield one(Demand.BOUND, f"refused by {keyword}", judge)
    for value in location.node.get("enum", ()):
        judge = partial(_chosen, parameter, value)
        yield one(Demand.VALUE, f"accepted as {value}", judge)


def _refusing(location: Location) -> Iterator[str]:
    """Yield the keywords that refuse a value regardless of its size."""
    yield from (keyword for keyword in ("pattern", "enum") if keyword in location.node)
    # Every text is a string, but not every text is a number.
    if "integer" in location.types:
        yield "type"


# ---- what a case shows ----------------------------------------------------------


def _sent(parameter: Parameter, evidence: CaseEvidence) -> tuple[str, ...]:
    """Return the values of a parameter in a case's request."""
    if parameter.location == "query":
        return evidence.query.get(parameter.name, ())
    if parameter.location == "path":
        value: str | None = evidence.path.get(parameter.name)
    else:
        value = evidence.request.header(parameter.name)
    return () if value is None else (value.strip(OWS),)


def _accepted(parameter: Parameter, evidence: CaseEvidence) -> bool:
    return evidence.accepted and bool(_sent(parameter, evidence))


def _chosen(parameter: Parameter, value: str, evidence: CaseEvidence) -> bool:
    return _sized(parameter, evidence) and value in _sent(parameter, evidence)


def _sized(parameter: Parameter, evidence: CaseEvidence) -> bool:
    """Return whether the parameter is accepted, and a value of the response is pinned.

    An empty page does not count: an implementation that loses the value returns it too.
    """
    return _accepted(parameter, evidence) and pins_a_value(evidence.body)


def _read(bound: Bound, text: str) -> str | int:
    """Return a parameter as the bound measures it: as text or as a number."""
    if bound.keyword not in ("minimum", "maximum"):
        return text
    return int(text) if NUMBER.fullmatch(text) else text


def _at(parameter: Parameter, bound: Bound, evidence: CaseEvidence) -> bool:
    return _sized(parameter, evidence) and any(
        bound.at(_read(bound, text)) for text in _sent(parameter, evidence)
    )


def _past(parameter: Parameter, bound: Bound, evidence: CaseEvidence) -> bool:
    past = bound.past
    return (
        past is not None
        and _faulty(parameter, bound.keyword, evidence)
        and any(past(_read(bound, text)) for text in _sent(parameter, evidence))
    )


def _refused(
    parameter: Parameter, location: Location, keyword: str, evidence: CaseEvidence
) -> bool:
    return _faulty(parameter, keyword, evidence) and not any(
        _fits(location, keyword, text) for text in _sent(parameter, evidence)
    )


def _fits(location: Location, keyword: str, text: str) -> bool:
    if keyword == "pattern":
        return found(location.node["pattern"], text)
    return (
        text in location.node["enum"]
        if keyword == "enum"
        else bool(INTEGER.fullmatch(text))
    )


def _faulty(parameter: Parameter, keyword: str, evidence: CaseEvidence) -> bool:
    """Return whether a case is refused for this parameter as rules.md defines."""
    if not _sent(parameter, evidence):
        return False
    if parameter.location == "query" and parameter.name != CURSOR:
        code = CODES_OF_NUMBERS.get(keyword, keyword)
        return evidence.refused("parameter", parameter.name, code)
    if parameter.location == "path" and not evidence.query:
        return False
    return evidence.problem == PROBLEMS.get(parameter.location, "invalid-cursor")


def _twice(parameter: Parameter, evidence: CaseEvidence) -> bool:
    return len(_sent(parameter, evidence)) > 1 and evidence.refused(
        "parameter", parameter.name, "maxItems"
    )


def _unknown(operation: Operation, evidence: CaseEvidence) -> bool:
    known = {one.name for one in operation.parameters if one.location == "query"}
    return any(
        evidence.refused("parameter", name, "additionalProperties")
        for name in evidence.query.keys() - known
    )


# ---- pairs of cases -------------------------------------------------------------


def _deciding(parameter: Parameter, evidences: Sequence[CaseEvidence]) -> Iterator[str]:
    """Yield the two ids of each pair that differs only in this parameter."""
    groups: dict[str, list[CaseEvidence]] = defaultdict(list)
    for evidence in evidences:
        if evidence.status != UNFIT:
            groups[_rest(parameter, evidence)].append(evidence)
    for group in groups.values():
        for one, other in combinations(group, 2):
            if contradict(_outcome(one), _outcome(other)):
                yield f"{one.full_id} and {other.full_id}"


def _rest(parameter: Parameter, evidence: CaseEvidence) -> str:
    """Return a case without this parameter, as text for comparison."""
    request = evidence.request
    return json.dumps(
        [
            evidence.given,
            [request.method, request.path, str(request.body)],
            [
                pair
                for pair in evidence.query.items()
                if (parameter.location, parameter.name) != ("query", pair[0])
            ],
            [
                (name.lower(), value)
                for name, value in request.headers
                if (parameter.location, parameter.name) != ("header", name.lower())
            ],
        ]
    )


def _outcome(evidence: CaseEvidence) -> dict[str, object]:
    return {
        "status": evidence.status,
        # A case that does not compare the body passes with any body.
        "body": OPEN if evidence.body is MISSING else evidence.body,
        "headers": evidence.headers,
    }
