"""How a todo is stored, and how cases and answers speak of it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from contract.suite.plugin import MISSING, Key, Record, evaluate, evaluate_members

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from contract.suite.plugin import (
        After,
        Blob,
        Exchange,
        Given,
        Item,
        Resources,
        Scope,
        Store,
        Value,
        Words,
    )

STORE, SCHEMA = "todos", "schemas/stored-todo.json"
KEPT_MS = 30 * 24 * 3_600_000
MINUTE_MS = 60_000
HIDDEN = frozenset({"version", "writeId", "expiresAt", "ttl"})
"""Members of a stored todo that no answer shows."""


class TodoRecords:
    """One kind of record in one store; nothing is stored beside it."""

    def lay(self, given: Given, scope: Scope, _: Resources) -> dict[Key, Item | Blob]:
        """Return the todos of a `given`; what an entry leaves out has a default."""
        laid: dict[Key, Item | Blob] = {}
        for entry in given.get(STORE, ()):
            todo = _stored(entry, scope)
            todo_id = str(todo["id"])
            laid[Key(STORE, todo_id)] = todo
            scope.owned.add(todo_id)
            shown = {name: todo[name] for name in todo.keys() - HIDDEN}
            scope.names[entry["bind"]] = Record(STORE, todo_id, shown, todo)
        return laid

    def named(self, after: After, scope: Scope) -> dict[Key, Value]:
        """Return each todo that an `after` names; MISSING for what is gone."""
        named: dict[Key, Value] = {}
        for entry in after.get(STORE, ()):
            todo_id = evaluate(entry["id"], scope)
            named[Key(STORE, str(todo_id))] = {**entry, "id": todo_id}
        for todo_id in after.get("gone", {}).get(STORE, ()):
            named[Key(STORE, str(evaluate(todo_id, scope)))] = MISSING
        return named

    def entry(
        self, key: Key, item: Item | None, words: Words
    ) -> tuple[str, Value] | None:
        """Return the `after` entry of a todo; None where a case cannot name it."""
        if item is None:
            named = key.name in words.bound
            return (STORE, words.plain(key.name)) if named else None
        shown = words.body(dict(item), SCHEMA)
        return STORE, {**shown, "id": words.plain(key.name)}

    def shown(self, document: Mapping[str, Value]) -> Key | None:
        """Return where the todo of a body or item is stored."""
        todo_id = document.get("id")
        return Key(STORE, todo_id) if isinstance(todo_id, str) else None

    def about(self, _: str, requested_id: str) -> Key | None:
        """Return where the todo of an id in a path is stored."""
        return Key(STORE, requested_id)

    def note(self, _: Exchange, __: Scope) -> None:
        """Remember nothing: no answer shows a title that no request sent."""

    def touched(self, _: Exchange | None, __: Scope) -> Iterable[Key]:
        """Return no key: a request leaves nothing beside its todo."""
        return ()

    def beside(self, _: Item) -> Iterable[Key]:
        """Return no key: nothing belongs to a todo."""
        return ()

    def is_own(self, key: Key, item: Item, scope: Scope) -> bool:
        """Say whether a todo is of a play: by its id, or by a title of its own."""
        return key.name in scope.owned or scope.run in str(item.get("title"))

    def strays(
        self, _: Exchange, __: Scope, ___: Store
    ) -> Iterator[tuple[Key, Mapping[str, Value]]]:
        """Yield nothing: no index finds a todo by its title."""
        return iter(())


def _stored(entry: Mapping[str, Value], scope: Scope) -> dict[str, Value]:
    """Return the stored todo that an entry of `given` describes."""
    said = evaluate_members({n: v for n, v in entry.items() if n != "bind"}, scope)
    created = said.get("createdAt", scope.start_ms - MINUTE_MS)
    expires = said.get("expiresAt", created + KEPT_MS)
    return {
        "id": _new_id(created, scope),
        "title": evaluate({"title": entry["bind"]}, scope),
        "done": False,
        "createdAt": created,
        "updatedAt": created,
        "version": 1,
        "writeId": f"{scope.chance(128):032x}",
        "expiresAt": expires,
        "ttl": -(-expires // 1000),
        **said,
    }


def _new_id(time_ms: int, scope: Scope) -> str:
    """Return a UUID of version 7 (RFC 9562, section 5.7).

    What is drawn is the same for two targets that are compared, their times are not:
    so their ids differ also in one store, and are ordered alike.
    """
    time, first, second = time_ms % 2**48, scope.chance(12), scope.chance(62)
    bits = time << 80 | 0b0111 << 76 | first << 64 | 0b10 << 62 | second
    return str(uuid.UUID(int=bits))
