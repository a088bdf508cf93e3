"""The records of this service, and what is stored with them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract.plugin.fixtures import set_up
from contract.plugin.given import Examples, filled
from contract.plugin.keys import (
    ASSETS,
    GUARD,
    ID_OF,
    IDEMPOTENCY,
    USERS,
    blob_key,
    guard_key,
    idempotency_key,
    key_in,
    object_key,
    record_key,
    table_of,
    user_key,
)
from twinproof.plugin import (
    MISSING,
    After,
    Blob,
    Config,
    Exchange,
    Given,
    Item,
    Key,
    Resources,
    Scope,
    Store,
    Value,
    Words,
    evaluate,
    id_named,
)


@dataclass(frozen=True)
class ServiceRecords:
    """Users, assets, guards of addresses, items of Idempotency-Keys, and objects."""

    config: Config
    examples: Examples

    def set_up(
        self, given: Given, scope: Scope, resources: Resources
    ) -> dict[Key, Item | Blob]:
        """Return what a `given` puts into the stores; bind its names in the scope."""
        return set_up(filled(given, self.examples), scope, resources)

    def named(self, after: After, scope: Scope) -> dict[Key, Value]:
        """Return every key that an `after` names, with the item that it expects.

        Raises `UnboundName` if it uses a name that the response was to bind.
        """
        named: dict[Key, Value] = {}
        for table, id_name in ID_OF.items():
            for entry in after.get(table, []):
                record_id = evaluate(entry[id_name], scope)
                named[key_in(table, str(record_id))] = {**entry, id_name: record_id}
        for entry in after.get("guards", []):
            key = guard_key(_address(entry["email"], scope))
            named[key] = {"userId": key.name, **_without(entry, "email")}
        for entry in after.get("idempotency", []):
            key = idempotency_key(entry["operation"], evaluate(entry["key"], scope))
            rest = _without(entry, "operation", "key")
            named[key] = {ID_OF[key.table]: key.name, **rest}
        for entry in after.get("objects", []):
            key = blob_key(str(evaluate(entry["s3Key"], scope)))
            named[key] = _blob(entry, scope)
        return named | dict.fromkeys(_gone(after.get("gone", {}), scope), MISSING)

    def entry(
        self, key: Key, item: Item | None, words: Words
    ) -> tuple[str, Value] | None:
        """Return the `after` entry of an item, or None if it can have none.

        An object has none. Neither has a missing record whose id is not bound to a
        name: that nothing is stored under such an id means nothing.
        """
        if key.is_object:
            return None
        shown: dict[str, Value] = {}
        if item is not None:
            shown = words.body(dict(item), self.config.schema_of(key.kind))
            shown.pop(ID_OF[key.table], None)
        if key.kind == "guard":
            address = words.plain(key.name.removeprefix(GUARD))
            return "guards", address if item is None else {"email": address, **shown}
        if key.kind == "idempotency":
            _, operation, text = key.name.split("#", 2)
            entry = {"operation": operation, "key": words.plain(text)}
            return "idempotency", {**entry, **shown}
        if item is None:
            named = key.name in words.bound
            return (key.table, words.plain(key.name)) if named else None
        return key.table, {ID_OF[key.table]: words.plain(key.name), **shown}

    def shown(self, document: Mapping[str, Any]) -> Key | None:
        """Return the key of the record in a body or an item."""
        return record_key(document)

    def about(self, operation: str, requested_id: str) -> Key | None:
        """Return the key of the record of an id in a path."""
        return key_in(table_of(operation), requested_id)

    def note(self, exchange: Exchange, scope: Scope) -> None:
        """Remember the address of a user in a response, because it has a guard."""
        body = exchange.json()
        if isinstance(body, dict) and isinstance(body.get("email"), str):
            scope.own["email"].add(body["email"])

    def touched(self, exchange: Exchange | None, scope: Scope) -> Iterable[Key]:
        """Yield the keys that may be written: guards, or those of a request's key."""
        if exchange is None:
            yield from map(guard_key, scope.own["email"])
            return
        rule = self.config.idempotency
        sent = exchange.request.header(rule.header) if rule else None
        if rule is None or not sent or exchange.request.method != "POST":
            return
        # An implementation may wrongly take only one of two headers.
        parts = {part for part in sent.split(",") if part in scope.own["key"]}
        for key in dict.fromkeys([sent, *sorted(parts)]):
            # Longer keys cannot be stored.
            if len(key) <= rule.longest:
                yield idempotency_key(exchange.operation, key)

    def companions(self, item: Item) -> Iterable[Key]:
        """Yield the key of an asset's object; a guard is found by its address."""
        if key := object_key(item):
            yield key

    def is_own(self, key: Key, item: Item, scope: Scope) -> bool:
        """Say whether an item or object belongs to the case that runs in the scope."""
        if key.is_object:
            return not scope.owned.isdisjoint(key.name.split("/"))
        if key.kind == "idempotency":
            sent = key.name.removeprefix(IDEMPOTENCY).split("#", 1)[1]
            return sent in scope.own["key"] or item.get("recordId") in scope.owned
        if key.kind == "guard":
            address = key.name.removeprefix(GUARD)
            return address in scope.own["email"] or item.get("owner") in scope.owned
        return key.name in scope.owned or item.get("email") in scope.own["email"]

    def strays(
        self, exchange: Exchange, scope: Scope, store: Store
    ) -> Iterator[tuple[Key, Mapping[str, Value]]]:
        """Yield users with addresses of this case that no response has shown."""
        if exchange.operation != "createUser":
            return
        for address in sorted(scope.own["email"]):
            for user_id in store.query(USERS, "email", address):
                if user_id not in scope.owned:
                    yield user_key(user_id), {"email": address}


def _without(entry: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in names}


def _blob(entry: Mapping[str, Any], scope: Scope) -> Value:
    expected: dict[str, Value] = {}
    if "contentType" in entry:
        expected["contentType"] = entry["contentType"]
    if "text" in entry or "base64" in entry:
        data = (
            str(evaluate(entry["text"], scope)).encode()
            if "text" in entry
            else base64.b64decode(entry["base64"])
        )
        expected["sha256"] = hashlib.sha256(data).hexdigest()
        expected["size"] = len(data)
    return expected


def _gone(gone: Mapping[str, Any], scope: Scope) -> Iterator[Key]:
    for table in (USERS, ASSETS):
        for value in gone.get(table, []):
            yield key_in(table, id_named(value, ID_OF[table], scope))
    for value in gone.get("guards", []):
        yield guard_key(_address(value, scope))
    for entry in gone.get("idempotency", []):
        yield idempotency_key(entry["operation"], evaluate(entry["key"], scope))
    for value in gone.get("objects", []):
        yield blob_key(str(evaluate(value, scope)))


def _address(value: Value, scope: Scope) -> str:
    return str(evaluate(value, scope)).lower()
