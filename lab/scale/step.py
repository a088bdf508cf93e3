"""A simulation of a step: from no request at all to a rate, at once.

Every request finds either an idle sandbox or asks for a new one, which takes its cold
start; Lambda refuses one over the account's concurrency, or over the rate at which a
function may grow.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from lab.scale.fleet import Function
from lab.scale.seeded_random import SeededRandom

GROWTH_SECONDS = 10


@dataclass(frozen=True)
class Bounds:
    """Sandboxes at once, and new ones in 10 s, refilled continuously."""

    concurrency: int
    growth: int


@dataclass
class StepResult:
    """What came of it: counts, and the most sandboxes at once."""

    requests: int = 0
    refused: int = 0
    sandboxes: int = 0

    @property
    def refused_share(self) -> float:
        """Return the share of requests that Lambda refused."""
        return self.refused / self.requests if self.requests else 0.0


def simulate(
    function: Function, rate: float, seconds: float, bounds: Bounds, draws: SeededRandom
) -> StepResult:
    """Run `rate` requests a second for so many seconds through an empty fleet."""
    step = StepResult()
    free: list[float] = []  # of each sandbox, when it is free
    allowed, before, when = float(bounds.growth), 0.0, draws.gap(rate)
    while when < seconds:
        step.requests += 1
        grown = (when - before) * bounds.growth / GROWTH_SECONDS
        allowed, before = min(bounds.growth, allowed + grown), when
        took = function.warm[int(draws.uniform() * len(function.warm))]
        if free and free[0] <= when:
            heapq.heapreplace(free, when + took)
        elif len(free) < bounds.concurrency and allowed >= 1:
            allowed -= 1
            heapq.heappush(free, when + function.cold + took)
        else:
            step.refused += 1
        when += draws.gap(rate)
    step.sandboxes = len(free)
    return step
