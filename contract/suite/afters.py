"""Compares what is stored with a case's `after`."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from contract.suite.exchanges import Item, Key
from contract.suite.expressions import Record, Scope, Value, evaluate
from contract.suite.items import (
    ASSETS,
    ID_OF,
    OBJECTS,
    USERS,
    Object,
    guard_key,
    idempotency_key,
    schema_of,
)
from contract.suite.matching import MISSING, Comparison, Mismatch
from contract.suite.stored import place

if TYPE_CHECKING:
    from contract.suite.volatile import Volatile

After = Mapping[str, Any]
Stored = Mapping[Key, Item | None]


def named_keys(after: After, scope: Scope) -> dict[Key, Value]:
    """Return every key an `after` names, with what it expects there; gone: MISSING.

    Raises `UnboundName` where it refers to what the answer was to bind.
    """
    named: dict[Key, Value] = {}
    for table in (USERS, ASSETS):
        for entry in after.get(table, []):
            record_id = evaluate(entry[ID_OF[table]], scope)
            named[Key(table, str(record_id))] = {**entry, ID_OF[table]: record_id}
    for entry in after.get("guards", []):
        key = guard_key(_address(entry["email"], scope))
        rest = {name: value for name, value in entry.items() if name != "email"}
        named[key] = {"userId": key.name, **rest}
    for entry in after.get("idempotency", []):
        key = idempotency_key(entry["operation"], evaluate(entry["key"], scope))
        rest = {n: v for n, v in entry.items() if n not in ("operation", "key")}
        named[key] = {ID_OF[key.table]: key.name, **rest}
    for entry in after.get("objects", []):
        named[Key(OBJECTS, str(evaluate(entry["s3Key"], scope)))] = _object(
            entry, scope
        )
    for key in _gone(after.get("gone", {}), scope):
        named[key] = MISSING
    return named


def after_mismatches(
    named: Mapping[Key, Value], stored: Stored, scope: Scope, volatile: Volatile
) -> list[Mismatch]:
    """Return where what is stored differs from what an `after` names."""
    found: list[Mismatch] = []
    for key, expected in named.items():
        now = stored.get(key)
        if expected is MISSING:
            if now is not None:
                found.append(Mismatch(place(key), MISSING, now))
        elif now is None:
            found.append(Mismatch(place(key), expected, MISSING))
        else:
            free = (
                volatile.free(schema_of(key)) if key.table != OBJECTS else _object_free
            )
            one = Comparison(scope, place(key), free)
            one.body(expected, dict(now))
            found += one.mismatches
    return found


def object_item(value: Object | None) -> Item | None:
    """Return an object as an item: its digest, size and media type."""
    if value is None:
        return None
    return {
        "sha256": hashlib.sha256(value.body).hexdigest(),
        "size": len(value.body),
        "contentType": value.content_type,
    }


def _object(entry: Mapping[str, Any], scope: Scope) -> Value:
    expected: dict[str, Value] = {}
    if "contentType" in entry:
        expected["contentType"] = entry["contentType"]
    if "text" in entry or "base64" in entry:
        octets = (
            str(evaluate(entry["text"], scope)).encode()
            if "text" in entry
            else base64.b64decode(entry["base64"])
        )
        expected["sha256"] = hashlib.sha256(octets).hexdigest()
        expected["size"] = len(octets)
    return expected


def _object_free(_: str) -> frozenset[str]:
    return frozenset({"sha256", "size", "contentType"})


def _gone(gone: Mapping[str, Any], scope: Scope) -> Iterator[Key]:
    for table in (USERS, ASSETS):
        for value in gone.get(table, []):
            yield Key(table, _id(value, table, scope))
    for value in gone.get("guards", []):
        yield guard_key(_address(value, scope))
    for entry in gone.get("idempotency", []):
        yield idempotency_key(entry["operation"], evaluate(entry["key"], scope))
    for value in gone.get("objects", []):
        yield Key(OBJECTS, str(evaluate(value, scope)))


def _address(value: Value, scope: Scope) -> str:
    return str(evaluate(value, scope)).lower()


def _id(value: Value, table: str, scope: Scope) -> str:
    """Return the id a value names: an id itself, or a record's."""
    if isinstance(value, dict) and value.keys() == {"ref"}:
        bound = scope.names.get(value["ref"])
        if isinstance(bound, Record):
            return bound.record_id
    found = evaluate(value, scope)
    return str(found[ID_OF[table]] if isinstance(found, dict) else found)
