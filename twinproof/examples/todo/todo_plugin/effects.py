"""What an operation does to the stored todos."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract.suite.plugin import Creators, Mismatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contract.suite.plugin import Exchange, Item, Key, Observation


class TodoEffects:
    """A write changes its own todo and nothing else."""

    def read_may_write(self, _: Item | None, __: Item | None) -> bool:
        """Say that no read may change anything."""
        return False

    def may_change(self, seen: Observation) -> frozenset[Key]:
        """Return the key of the todo that was created, replaced or deleted."""
        reads = seen.exchange.request.method == "GET"
        if reads or not seen.exchange.succeeded or seen.record is None:
            return frozenset()
        return frozenset({seen.record})

    def check(self, _: Observation) -> Iterator[Mismatch]:
        """Yield nothing: nothing goes with a todo."""
        return iter(())

    def creators(self, exchanges: Sequence[Exchange], _: int) -> Creators:
        """Return who created each todo: every creation has an id of its own."""
        by_id: dict[str, Exchange] = {}
        found = []
        for exchange in sorted(exchanges, key=lambda each: each.sent_ms):
            body = exchange.json()
            if not exchange.created or not isinstance(body, dict):
                continue
            todo_id = str(body.get("id"))
            if by_id.setdefault(todo_id, exchange) is not exchange:
                rule = "rules.md#todos"
                found.append(Mismatch("body /id", "an id of its own", todo_id, rule))
        return Creators(by_id, found)
