"""What twinproof must ask about todos: how one is stored, and what may change it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from todo_plugin.effects import TodoEffects
from todo_plugin.kinds import KINDS
from todo_plugin.records import TodoRecords

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

    from contract.suite.plugin import (
        Case,
        Config,
        Contract,
        Drawing,
        Expression,
        Finding,
        Kind,
    )


@dataclass(frozen=True)
class TodoDomain:
    """The parts of the plugin."""

    records: TodoRecords = field(default_factory=TodoRecords)
    effects: TodoEffects = field(default_factory=TodoEffects)
    kinds: Mapping[str, Kind] = field(default_factory=lambda: KINDS)
    expressions: Mapping[str, Expression] = field(default_factory=dict)

    @property
    def drawing(self) -> Drawing:
        """Return how sequences are drawn."""
        # Only `fuzz` draws; what it needs takes time to load.
        from todo_plugin.drawing import TodoDrawing  # noqa: PLC0415

        return TodoDrawing()

    def lint(self, _: Case) -> Iterator[str]:
        """Yield nothing: the formats say all that there is to say of a case."""
        return iter(())

    def conventions(self, _: Set[str]) -> Iterator[Finding]:
        """Yield nothing: todos have no rules of their own about their documents."""
        return iter(())


def domain(_: Config, __: Contract) -> TodoDomain:
    """Return what the tool asks."""
    return TodoDomain()
