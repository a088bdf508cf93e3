"""Checks the log lines of an invocation by their schemas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from twinproof.cases.matching import MISSING, Mismatch
from twinproof.checks.documented import name_mismatches
from twinproof.contract.config import Logs
from twinproof.contract.openapi import Contract
from twinproof.exchange.model import Exchange
from twinproof.exchange.tails import LogEvent, read_log

EMBEDDED_METRICS = "_aws"
"""The field that marks a line as CloudWatch's embedded metric format."""


def log_mismatches(
    contract: Contract, exchange: Exchange, secrets: Sequence[str]
) -> Iterator[Mismatch]:
    """Yield where the log of a request differs from the contract.

    `secrets`: what no log line may contain; here the mail domain of the case.
    """
    tail = exchange.response.log
    if tail is None:
        return
    rules = contract.config.logs
    if rules is None:
        return
    _, strays = read_log(tail)
    for line in strays:
        yield Mismatch("log", "a JSON line", line, rules.clause)
    if any(secret in tail for secret in secrets):
        yield Mismatch("log", "no address", tail, rules.clause)
    for number, event in enumerate(exchange.events):
        faults = contract.schemas.faults(rules.schema_of(event), event)
        for fault in faults:
            where = f"log {number} {fault.pointer}".rstrip()
            yield Mismatch(where, fault.what, event, f"schema {fault.keyword}")
        yield from name_mismatches(exchange, f"log {number}", event)
        if not faults:
            yield from _namespace(rules, exchange, f"log {number}", event)
    yield from _request_line(rules, exchange)


def _namespace(
    rules: Logs, exchange: Exchange, where: str, event: LogEvent
) -> Iterator[Mismatch]:
    """Yield where a valid metric line has another namespace than the stack's.

    The line has CloudWatch's embedded metric format. If no stack names a namespace, any
    passes; the schema says its form.
    """
    if exchange.namespace is None or EMBEDDED_METRICS not in event:
        return
    got = event[EMBEDDED_METRICS]["CloudWatchMetrics"][0]["Namespace"]
    if got != exchange.namespace:
        where_ = f"{where} /{EMBEDDED_METRICS}/CloudWatchMetrics/0/Namespace"
        yield Mismatch(where_, exchange.namespace, got, rules.clause)


def _request_line(rules: Logs, exchange: Exchange) -> Iterator[Mismatch]:
    for name, line in (("request", rules.request), ("metric", rules.metric)):
        count = sum(map(line.fits, exchange.events))
        if line.times is not None and count != line.times:
            yield Mismatch(f"log {name} lines", line.times, count, rules.clause)
    lines = [event for event in exchange.events if rules.request.fits(event)]
    if len(lines) != 1:
        return
    for name, value in _expected_fields(rules, exchange).items():
        if lines[0].get(name) != value:
            got = lines[0].get(name, MISSING)
            yield Mismatch(f"log request /{name}", value, got, rules.clause)


def _expected_fields(rules: Logs, exchange: Exchange) -> dict[str, Any]:
    """Return the values that the request line must have for the exchange."""
    response = exchange.response
    facts = {
        "request-id": response.request_id,
        "status": response.status,
        "body-length": len(response.body),
    }
    # Not every driver knows the gateway's id.
    known = facts if response.request_id else {**facts, "request-id": MISSING}
    expected = {name: known[fact] for name, fact in rules.equal.items()}
    return {name: value for name, value in expected.items() if value is not MISSING}
