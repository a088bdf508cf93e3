"""Compares an answer with a case's `then`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from contract.suite.matching import MISSING, Comparison, Free, Mismatch

if TYPE_CHECKING:
    from contract.suite.exchanges import Exchange
    from contract.suite.expressions import Scope
    from contract.suite.openapi import Contract

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
        body.body(expected_body, exchange.json())
        found += body.mismatches
    if "text" in then:
        text = Comparison(scope, "body")
        text.value(then["text"], response.body.decode("utf-8", "backslashreplace"))
        found += text.mismatches
    if "bind" in then:
        scope.names[then["bind"]] = exchange.json()
    return found + _headers(then, exchange, scope)


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


def _headers(then: Then, exchange: Exchange, scope: Scope) -> list[Mismatch]:
    found: list[Mismatch] = []
    for name, expected in then.get("headers", {}).items():
        value = exchange.response.header(name)
        one = Comparison(scope, f"header {name.lower()}")
        one.value(expected, MISSING if value is None else value)
        found += one.mismatches
    return found
