"""Formats numbers for docs/scale.md."""

from __future__ import annotations

import math

FIGURES = 3


def number(value: float, figures: int = FIGURES) -> str:
    """Return a number with `figures` significant figures and commas for thousands."""
    if value == 0:
        return "0"
    places = figures - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    if places <= 0:
        return f"{rounded:,.0f}"
    text = f"{rounded:,.{places}f}"
    return text.rstrip("0").rstrip(".") if figures < FIGURES else text


def whole(value: float) -> str:
    """Return a count."""
    return f"{value:,.0f}"


def units(value: float) -> str:
    """Return request units, which are multiples of a half."""
    return f"{value:,.1f}".removesuffix(".0")


def dollars(value: float) -> str:
    """Return dollars with cents, or without them from 1,000 on."""
    return f"{value:,.2f}" if value < 1_000 else f"{value:,.0f}"


def percent(share: float) -> str:
    """Return a share in percent with two figures, or that it is less than 0.001 %."""
    if share == 0:
        return "0"
    return f"{number(share * 100, 2)} %" if share >= 0.00001 else "< 0.001 %"


def milliseconds(value: float) -> str:
    """Return milliseconds, with tenths below 100."""
    return f"{value:.1f}" if value < 100 else whole(value)
