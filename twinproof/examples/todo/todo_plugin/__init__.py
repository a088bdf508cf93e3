"""What twinproof must ask about todos that twinproof.toml cannot say."""

from __future__ import annotations

from todo_plugin.drawing import TodoDrawing
from todo_plugin.kinds import KINDS
from todo_plugin.records import TodoRecords
from twinproof.plugin import Config, Contract, PlainDomain, PlainEffects


def domain(config: Config, _: Contract) -> PlainDomain:
    """Return what the tool asks."""
    return PlainDomain(TodoRecords(config), PlainEffects(config), TodoDrawing(), KINDS)
