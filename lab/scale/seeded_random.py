"""Draws that are the same for the same seed, on every version of Python."""

from __future__ import annotations

import math
from random import Random

# Above it a Poisson number is as good as a normal one.
FEW = 50


class SeededRandom:
    """A source of draws. Only `Random.random` is used, whose sequence is promised."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random  # noqa: S311 - a simulation, no secret

    def uniform(self) -> float:
        """Return a number from 0 up to, and without, 1."""
        return self._random()

    def gap(self, rate: float) -> float:
        """Return the time until the next of events that come at a rate."""
        return -math.log(1.0 - self._random()) / rate

    def poisson(self, mean: float) -> int:
        """Return how many events come where `mean` are expected."""
        if mean > FEW:
            return max(0, round(mean + math.sqrt(mean) * self._normal()))
        limit, product, count = math.exp(-mean), self._random(), 0
        while product > limit:
            product *= self._random()
            count += 1
        return count

    def _normal(self) -> float:
        """Return a standard normal number (Box and Muller)."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self._random()))
        return radius * math.cos(2.0 * math.pi * self._random())
