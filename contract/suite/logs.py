"""Reads the log lines of an invocation and holds them to their schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from contract.suite.conformance import name_mismatches
from contract.suite.exchanges import json_of
from contract.suite.matching import MISSING, Mismatch

if TYPE_CHECKING:
    from contract.suite.exchanges import Exchange
    from contract.suite.openapi import Contract

# LogType=Tail shows the last 4 KB; its first line may then be cut.
TAIL_OCTETS = 4_096
PLATFORM = re.compile(r"(START|END|REPORT|INIT_START|XRAY|RESTORE_\w+) ?")

LogEvent = Mapping[str, Any]


def read_log(tail: str | None) -> tuple[tuple[LogEvent, ...], list[str]]:
    """Return the log events in a tail, and the lines that are none."""
    lines = (tail or "").splitlines()
    if len((tail or "").encode()) >= TAIL_OCTETS:
        lines = lines[1:]
    events: list[LogEvent] = []
    strays: list[str] = []
    for line in lines:
        if not line.strip() or PLATFORM.match(line) or line.startswith("\t"):
            continue
        event = _event(line)
        if event is None:
            strays.append(line)
        else:
            events.append(event)
    return tuple(events), strays


def _event(line: str) -> LogEvent | None:
    try:
        event = json_of(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def log_mismatches(
    contract: Contract, exchange: Exchange, secrets: Sequence[str]
) -> Iterator[Mismatch]:
    """Yield where the log of a request is not as documented.

    `secrets`: what no log line may hold; here the mail domain of the case.
    """
    tail = exchange.response.log
    if tail is None:
        return
    _, strays = read_log(tail)
    for line in strays:
        yield Mismatch("log", "a JSON line", line, "rules.md#log-lines")
    if any(secret in tail for secret in secrets):
        yield Mismatch("log", "no address", tail, "rules.md#log-lines")
    for number, event in enumerate(exchange.events):
        schema = "metric-line" if "_aws" in event else "log-line"
        faults = contract.schemas.faults(f"schemas/{schema}.json", event)
        for fault in faults:
            where = f"log {number} {fault.pointer}".rstrip()
            yield Mismatch(where, fault.what, event, f"schema {fault.keyword}")
        yield from name_mismatches(exchange, f"log {number}", event)
        if not faults:
            yield from _namespace(exchange, f"log {number}", event)
    yield from _request_line(exchange)


def _namespace(exchange: Exchange, where: str, event: LogEvent) -> Iterator[Mismatch]:
    """Yield where a well-formed metric line has another namespace than the stack says.

    Where no stack says one, any is held; the schema says how one looks.
    """
    if exchange.namespace is None or "_aws" not in event:
        return
    got = event["_aws"]["CloudWatchMetrics"][0]["Namespace"]
    if got != exchange.namespace:
        place = f"{where} /_aws/CloudWatchMetrics/0/Namespace"
        yield Mismatch(place, exchange.namespace, got, "rules.md#log-lines")


def _request_line(exchange: Exchange) -> Iterator[Mismatch]:
    lines = [event for event in exchange.events if event.get("event") == "request"]
    metrics = [event for event in exchange.events if "_aws" in event]
    for name, found in (("request", lines), ("metric", metrics)):
        if len(found) != 1:
            yield Mismatch(f"log {name} lines", 1, len(found), "rules.md#log-lines")
    if len(lines) != 1:
        return
    response = exchange.response
    expected = {
        "requestId": response.request_id,
        "status": response.status,
        "responseBytes": len(response.body),
    }
    if not response.request_id:
        del expected["requestId"]
    for name, value in expected.items():
        if lines[0].get(name) != value:
            got = lines[0].get(name, MISSING)
            yield Mismatch(f"log request /{name}", value, got, "rules.md#log-lines")
