"""Sends a request and measures the times around it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace

from twinproof.contract.openapi import Operation
from twinproof.exchange.drivers import Driver
from twinproof.exchange.model import Exchange, Request
from twinproof.exchange.tails import read_log
from twinproof.targets.prepared import PreparedTarget


def send(
    prepared: PreparedTarget,
    operation: Operation,
    request: Request,
    known: Iterable[str],
) -> Exchange:
    """Send a request to a target and return the bare exchange.

    `known`: the ids of all records that were set up or created before.
    """
    earlier = frozenset(known)
    exchange = send_to(prepared.driver, operation.operation_id, request)
    return replace(
        exchange,
        earlier=earlier,
        implementation=prepared.target.implementation,
        namespace=prepared.namespace,
    )


def send_to(driver: Driver, operation: str, request: Request) -> Exchange:
    """Send a request and return the bare exchange: nothing is read back yet."""
    sent_ms, start = now_ms(), time.perf_counter_ns()
    response = driver.send(request)
    duration_us = (time.perf_counter_ns() - start) // 1000
    events, _ = read_log(response.log)
    return Exchange(
        operation=operation,
        request=request,
        response=response,
        sent_ms=sent_ms,
        received_ms=-(-time.time_ns() // 1_000_000),
        duration_us=duration_us,
        events=events,
    )


def now_ms() -> int:
    """Return the wall clock, epoch milliseconds, rounded down."""
    return time.time_ns() // 1_000_000
