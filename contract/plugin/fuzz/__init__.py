"""Draws fuzz plans for this service, and says what of its lists can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from random import Random

from contract.plugin.fuzz.drawing import draw_step
from contract.plugin.fuzz.lists import is_disturbed, reads_may_write, visible
from contract.plugin.fuzz.model import Draft, set_up_records
from twinproof.plugin import (
    OWN_ONLY,
    Bodies,
    Clock,
    Contract,
    Exchange,
    Item,
    Key,
    Plan,
    PlanStep,
)

# Lengths of sequences; the median is one more than the least that the tool requires.
LENGTHS = (6, 7, 8, 8, 9, 9, 9, 10, 10, 11, 12, 14)
THEMES = ("users", "users", "assets", "assets", "lists", "keys", "mixed")
HOUR_MS = 3_600_000
EXPIRY = Clock(
    safe=(HOUR_MS, 24 * HOUR_MS, 87_599 * HOUR_MS),
    edges=(-1, 0, 60_000, 10**9, 315_360_600_000, 10**13),
)
KEPT = {"idempotency": frozenset({"operation", "key", "recordId", "body"})}
"""The fields that a `given` entry cannot be set up without, by its kind."""


@dataclass(frozen=True)
class ServiceDrawing:
    """Draws sequences on users, assets, their lists and Idempotency-Keys."""

    contract: Contract

    @cached_property
    def bodies(self) -> Bodies:
        """Return what the body of each operation may contain."""
        return Bodies(
            self.contract, own={"email": "email"}, clock={"expiresAt": EXPIRY}
        )

    def plan(self, rng: Random) -> Plan:
        """Return the sequence that a generator's draws make."""
        draft = Draft(rng, self.bodies)
        theme, length = rng.choice(THEMES), rng.choice(LENGTHS)
        set_up_records(draft, theme)
        while len(draft.steps) < length:
            draw_step(draft, theme)
        return draft.done()

    def kept(self, kind: str) -> Set[str]:
        """Return the fields of a `given` entry that shrinking does not remove."""
        return {"bind"} | KEPT.get(kind, frozenset())

    def selectors(self, step: PlanStep) -> Set[str]:
        """Return the parameters that make a list show the sequence's own records."""
        return {
            "email" if step.shows == OWN_ONLY else self.contract.config.lists.parameter
        }

    def visible(self, step: PlanStep, exchange: Exchange, owned: Set[str]) -> Exchange:
        """Return a list's exchange without what depends on the records of others."""
        return visible(step, exchange, owned, self.contract.config)

    def is_disturbed(self, step: PlanStep, exchange: Exchange, owned: Set[str]) -> bool:
        """Say whether a page shows records of others before its own end."""
        return is_disturbed(step, exchange, owned, self.contract.config)

    def reads_may_write(self, known: Mapping[Key, Item | None]) -> bool:
        """Say whether the stores must be read even after a read."""
        return reads_may_write(known)
