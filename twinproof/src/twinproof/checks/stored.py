"""Checks what an exchange stored: by schemas, kinds and response, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Set

from twinproof.cases.matching import MISSING, Mismatch
from twinproof.checks.checks import Checks
from twinproof.checks.documented import value_at
from twinproof.domain.observation import Observation
from twinproof.exchange.model import Exchange, Item, Key


def stored_mismatches(checks: Checks, seen: Observation) -> Iterator[Mismatch]:
    """Yield everything that is wrong with the stored items."""
    for key, item in seen.exchange.stored.items():
        if item is not None and not key.is_object:
            yield from _item(checks, seen, key, item)
    yield from _changes(checks, seen)
    if seen.exchange.succeeded:
        yield from _record(checks, seen)
    yield from checks.domain.effects.check(seen)


def _item(
    checks: Checks, seen: Observation, key: Key, item: Item
) -> Iterator[Mismatch]:
    if seen.exchange.before.get(key) == item:
        # It was set up like this, or was checked when it was written.
        return
    where, schema = key.label, checks.contract.config.schema_of(key.kind)
    for fault in checks.contract.schemas.faults(schema, dict(item)):
        got = value_at(item, fault.pointer)
        yield Mismatch(
            f"{where} {fault.pointer}", fault.what, got, f"schema {fault.keyword}"
        )
    yield from checks.volatile.check(schema, seen.at(item, key, where), where)


def _changes(checks: Checks, seen: Observation) -> Iterator[Mismatch]:
    """Yield the items that changed although the exchange must not change them."""
    exchange, may = seen.exchange, checks.domain.effects.may_change(seen)
    for key, now in exchange.stored.items():
        before = exchange.before.get(key)
        if before == now or key in may or key in seen.named:
            continue
        yield Mismatch(
            key.label,
            MISSING if before is None else before,
            MISSING if now is None else now,
            "an exchange leaves everything else as it was",
        )


def _record(checks: Checks, seen: Observation) -> Iterator[Mismatch]:
    """Yield where the stored record differs from the response."""
    exchange, record = seen.exchange, seen.record
    if record is None or record not in exchange.stored:
        return
    body, now = exchange.json(), exchange.stored[record]
    if exchange.request.method == "DELETE" or not isinstance(body, dict):
        return
    if checks.domain.records.shown(body) != record:
        return
    if now is None:
        yield Mismatch(record.label, "the record that was answered", MISSING)
        return
    unstored = _only_answered(checks, exchange, record)
    for name, value in body.items():
        got = now.get(name, MISSING)
        if name not in unstored and got != value:
            yield Mismatch(f"{record.label} /{name}", value, got, "as answered")


def _only_answered(checks: Checks, exchange: Exchange, record: Key) -> Set[str]:
    """Return the fields that the response's schema has and the item's has not."""
    contract, schemas = checks.contract, checks.contract.schemas
    operation = contract.operations[exchange.operation]
    answer = contract.body_schema(operation, exchange.response.status)
    if not answer:
        return frozenset()
    stored = contract.config.schema_of(record.kind)
    return schemas.members(answer) - schemas.members(stored)
