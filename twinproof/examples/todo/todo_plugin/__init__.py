"""The plugin of the todo service: what twinproof.toml cannot express."""

from __future__ import annotations

from todo_plugin.drawing import TodoDrawing
from todo_plugin.kinds import KINDS
from todo_plugin.records import TodoRecords
from twinproof.plugin import Config, Contract, PlainDomain, PlainEffects


def domain(config: Config, _: Contract) -> PlainDomain:
    """Return the domain of todos."""
    return PlainDomain(TodoRecords(config), PlainEffects(config), TodoDrawing(), KINDS)
