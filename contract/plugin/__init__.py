"""The part of twinproof that only this service has: its records and their changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property

from contract.plugin.conventions import lint_conventions
from contract.plugin.effects import ServiceEffects
from contract.plugin.given import lint_given, optional_examples
from contract.plugin.kinds import kinds_of
from contract.plugin.records import ServiceRecords
from contract.plugin.traps import lint_traps
from contract.plugin.values import EXPRESSIONS
from twinproof.plugin import (
    Case,
    Config,
    Contract,
    Drawing,
    Expression,
    FileFinding,
    Kind,
)


@dataclass(frozen=True)
class Service:
    """The users and assets of this service."""

    contract: Contract
    records: ServiceRecords
    effects: ServiceEffects
    kinds: Mapping[str, Kind]
    expressions: Mapping[str, Expression] = field(default_factory=lambda: EXPRESSIONS)

    @cached_property
    def drawing(self) -> Drawing:
        """Return what draws fuzz plans."""
        # Only `fuzz` draws plans, and its modules take time to load.
        from contract.plugin.fuzz import ServiceDrawing  # noqa: PLC0415

        return ServiceDrawing(self.contract)

    def lint(self, case: Case) -> Iterator[str]:
        """Yield the faults of a case that only this service has.

        These are an accepted address that another run could take, and a field of a
        `given` that no record has.
        """
        yield from lint_given(self.contract, case)
        body = case.call.when.get("json")
        accepted = (case.call.then or {}).get("status") in {200, 201}
        fixed = (
            case.call.operation.endswith("User")
            and isinstance(body, dict)
            and "email" in body
            and not isinstance(body["email"], dict)
        )
        if accepted and fixed:
            yield "an address that is accepted must be the case's own: {email: …}"

    def conventions(self, ids: Set[str]) -> Iterator[FileFinding]:
        """Yield what breaks a convention of the API, and traps without a case."""
        yield from lint_conventions(self.contract)
        yield from lint_traps(self.contract, ids)


def domain(config: Config, contract: Contract) -> Service:
    """Return this service's part of the tool."""
    records = ServiceRecords(config, optional_examples(contract))
    return Service(contract, records, ServiceEffects(), kinds_of(config))
