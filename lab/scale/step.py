"""A simulation of a step: the rate of requests rises from zero at once.

A request gets an idle sandbox or needs a new one, which takes a cold start. Lambda
refuses a new sandbox above the account's concurrency, or above the rate at which a
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
    """Lambda's limits: sandboxes at once, and new ones in 10 s, refilled evenly."""

    concurrency: int
    growth: int


@dataclass
class StepResult:
    """The result: counts of requests, and the number of sandboxes."""

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
    """Simulate `rate` requests a second for `seconds`, without sandboxes at first."""
    step = StepResult()
    free: list[float] = []  # when each sandbox is free
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
