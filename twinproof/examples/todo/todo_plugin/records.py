"""How a todo from `given` is stored, and which of its fields responses show."""

from __future__ import annotations

from collections.abc import Mapping

from twinproof.plugin import (
    Blob,
    Given,
    Item,
    Key,
    PlainRecords,
    Record,
    Resources,
    Scope,
    Value,
    evaluate,
    evaluate_members,
    new_id,
)

STORE = "todos"
KEPT_MS = 30 * 24 * 3_600_000
MINUTE_MS = 60_000
HIDDEN = frozenset({"version", "writeId", "expiresAt", "ttl"})
"""Fields of a stored todo that no response shows."""


class TodoRecords(PlainRecords):
    """Plain records with defaults for `given`, and with hidden fields."""

    def set_up(
        self, given: Given, scope: Scope, resources: Resources
    ) -> dict[Key, Item | Blob]:
        """Return the todos of a `given`; what an entry leaves out has a default."""
        entries = [
            {"bind": entry["bind"], **_stored(entry, scope)}
            for entry in given.get(STORE, ())
        ]
        fixtures = super().set_up({STORE: entries}, scope, resources)
        for entry in entries:
            todo = {name: value for name, value in entry.items() if name != "bind"}
            shown = {name: todo[name] for name in todo.keys() - HIDDEN}
            name, todo_id = str(entry["bind"]), str(todo["id"])
            scope.names[name] = Record(STORE, todo_id, shown, todo)
        return fixtures


def _stored(entry: Mapping[str, Value], scope: Scope) -> dict[str, Value]:
    """Return the stored todo that an entry of `given` describes."""
    fields = evaluate_members({n: v for n, v in entry.items() if n != "bind"}, scope)
    created = fields.get("createdAt", scope.start_ms - MINUTE_MS)
    expires = fields.get("expiresAt", created + KEPT_MS)
    return {
        "id": new_id(("uuid",), created, scope.chance),
        "title": evaluate({"title": entry["bind"]}, scope),
        "done": False,
        "createdAt": created,
        "updatedAt": created,
        "version": 1,
        "writeId": f"{scope.chance(128):032x}",
        "expiresAt": expires,
        "ttl": -(-expires // 1000),
        **fields,
    }
