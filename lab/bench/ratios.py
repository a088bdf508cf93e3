"""Spreads of figures, and ratios of figures of the same rounds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import TypedDict


class Spread(TypedDict):
    """A median and its quartiles."""

    median: float
    low: float
    high: float


def spread(values: Sequence[float], digits: int = 3) -> Spread:
    """Return the median and the quartiles of `values`, rounded to `digits`."""
    low, median, high = (
        statistics.quantiles(values, n=4, method="inclusive")
        if len(values) > 1
        else [values[0]] * 3
    )
    return {
        "median": round(median, digits),
        "low": round(low, digits),
        "high": round(high, digits),
    }


def against(values: Sequence[float], others: Sequence[float]) -> Spread:
    """Return the spread of ratios: each value over the other's of the same round."""
    return spread([one / other for one, other in zip(values, others, strict=True)])
