"""What the tool must ask about this service: its records, and what requests change."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from contract.plugin.effects import ServiceEffects
from contract.plugin.kinds import kinds_of
from contract.plugin.records import ServiceRecords
from contract.plugin.values import EXPRESSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contract.suite.cases import Case
    from contract.suite.config import Config
    from contract.suite.domain import Drawing, Expression
    from contract.suite.kinds import Kind
    from contract.suite.openapi import Contract


@dataclass(frozen=True)
class Service:
    """The users and assets of this service."""

    records: ServiceRecords
    effects: ServiceEffects
    kinds: Mapping[str, Kind]
    contract: Contract
    expressions: Mapping[str, Expression] = field(default_factory=lambda: EXPRESSIONS)

    @cached_property
    def drawing(self) -> Drawing:
        """Return how sequences are drawn."""
        # Only `fuzz` draws; what it needs takes time to load.
        from contract.plugin.fuzz import ServiceDrawing  # noqa: PLC0415

        return ServiceDrawing(self.contract)

    def lint(self, _: Case) -> Iterator[str]:
        """Yield nothing: the formats say it all."""
        return iter(())


def domain(config: Config, contract: Contract) -> Service:
    """Return what this service tells the tool."""
    kinds = kinds_of(config)
    return Service(ServiceRecords(config), ServiceEffects(), kinds, contract)
