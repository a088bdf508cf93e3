"""Compares a response with a case's `then`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twinproof.cases.language import Scope
from twinproof.cases.matching import MISSING, Comparison, Free, Mismatch
from twinproof.contract.openapi import Contract
from twinproof.exchange.model import Exchange, text_of

Then = Mapping[str, Any]


def answer_mismatches(
    contract: Contract, then: Then, exchange: Exchange, scope: Scope, free: Free
) -> list[Mismatch]:
    """Return where the response differs from `then`; bind its names."""
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
        found += body.compare(expected_body, response.parsed, found, is_body=True)
    if "text" in then:
        text, shown = Comparison(scope, "body"), text_of(response.body)
        found += text.compare(then["text"], shown, found)
    if "bind" in then:
        scope.names[then["bind"]] = response.parsed
    for name, expected in then.get("headers", {}).items():
        header = Comparison(scope, f"header {name.lower()}")
        got = response.by_name.get(name.lower(), MISSING)
        found += header.compare(expected, got, found)
    return found


def expected_of(contract: Contract, then: Then) -> tuple[int, Any]:
    """Return the status and the body that a `then` expects, with shorthand expanded."""
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
