"""Random numbers that are the same for the same seed, on every version of Python."""

from __future__ import annotations

import math
from random import Random

# Above this mean, a normal number approximates a Poisson number well enough.
FEW = 50


class SeededRandom:
    """Draws numbers with `Random.random` only, whose sequence Python promises."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random  # noqa: S311 - a simulation, no secret

    def uniform(self) -> float:
        """Return a uniform number from 0, included, to 1, excluded."""
        return self._random()

    def gap(self, rate: float) -> float:
        """Return the time until the next event of a Poisson process of a rate."""
        return -math.log(1.0 - self._random()) / rate

    def poisson(self, mean: float) -> int:
        """Return a Poisson number with the mean `mean`."""
        if mean > FEW:
            return max(0, round(mean + math.sqrt(mean) * self._normal()))
        limit, product, count = math.exp(-mean), self._random(), 0
        while product > limit:
            product *= self._random()
            count += 1
        return count

    def _normal(self) -> float:
        """Return a standard normal number (Box-Muller)."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self._random()))
        return radius * math.cos(2.0 * math.pi * self._random())
