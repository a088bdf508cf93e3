"""Compares an answer with a case's `then`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from twinproof.cases.matching import MISSING, Comparison, Free, Mismatch
from twinproof.errors import UnboundName
from twinproof.exchange.model import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from twinproof.cases.language import Scope, Value
    from twinproof.contract.openapi import Contract
    from twinproof.exchange.model import Exchange

Then = Mapping[str, Any]


def answer_mismatches(
    contract: Contract, then: Then, exchange: Exchange, scope: Scope, free: Free
) -> list[Mismatch]:
    """Return where the answer differs from `then`; bind the names it binds."""
    expected_status, expected_body = expected_of(contract, then)
    response = exchange.response
    if response.status != expected_status:
        shown = exchange.json() if response.body else MISSING
        differs = Mismatch("status", expected_status, response.status)
        return [
            differs,
            *([] if shown is MISSING else [Mismatch("body", MISSING, shown)]),
        ]
    found: list[Mismatch] = []
    if expected_body is not None:
        body = Comparison(scope, "body", free)
        found += _told(body, body.body, expected_body, exchange.json(), found)
    if "text" in then:
        text, shown = Comparison(scope, "body"), text_of(response.body)
        found += _told(text, text.value, then["text"], shown, found)
    if "bind" in then:
        scope.names[then["bind"]] = exchange.json()
    for name, expected in then.get("headers", {}).items():
        value = response.header(name)
        header = Comparison(scope, f"header {name.lower()}")
        got = MISSING if value is None else value
        found += _told(header, header.value, expected, got, found)
    return found


def _told(
    part: Comparison,
    compare: Callable[[Value, Value], None],
    expected: Value,
    actual: Value,
    before: Sequence[Mismatch],
) -> list[Mismatch]:
    """Return what is wrong with a part of the answer.

    It may refer to a name that is not bound, where what was to bind it has failed:
    `before` are the mismatches of the parts before this one.
    """
    try:
        compare(expected, actual)
    except UnboundName:
        if not (before or part.mismatches):
            raise
    return part.mismatches


def expected_of(contract: Contract, then: Then) -> tuple[int, Any]:
    """Return the status and the body a `then` asks for, shorthand written out."""
    if "problem" not in then:
        return int(then["status"]), then.get("json")
    problem = contract.problems[then["problem"]]
    body: dict[str, Any] = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
    }
    if "errors" in then:
        body["errors"] = then["errors"]
    return problem.status, body
