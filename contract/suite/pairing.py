"""Makes a pair of what one case came to on two targets."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from contract.suite.judging import Played, located, verdict_of
from contract.suite.matching import MISSING, Mismatch
from contract.suite.pairs import Rules, compare
from contract.suite.results import Pair, Verdict, weakest

if TYPE_CHECKING:
    from contract.suite.exchanges import Exchange
    from contract.suite.play import Rulebook
    from contract.suite.sides import Side


def pair_of(book: Rulebook, one: Played, other: Played) -> Pair:
    """Compare the last exchanges of a case: those before were repeated until it held.

    A case that the suite could not judge on either target cannot be compared.
    """
    start, error = time.monotonic(), ""
    mismatches: list[Mismatch] = []
    exchanges = _last(one), _last(other)
    if Verdict.ERRORED in (one.result.verdict, other.result.verdict):
        error = "could not be compared: the suite failed on one target"
    else:
        rules = Rules(book, _fresh(one.side), _fresh(other.side))
        try:
            mismatches = _compared(*exchanges, rules)
        except Exception as bug:  # noqa: BLE001 - a bug of the suite's is no difference
            error = f"a bug in the suite: {located(bug)}"
    return Pair(
        full_id=one.result.full_id,
        targets=(one.result.target, other.result.target),
        verdict=verdict_of(mismatches, error),
        duration_ms=round((time.monotonic() - start) * 1000),
        mismatches=tuple(mismatches),
        exchanges=exchanges,
        error=error,
        basis=weakest(one.result.basis, other.result.basis),
    )


def _last(played: Played) -> Exchange | None:
    exchanges = played.result.exchanges
    return exchanges[-1] if exchanges else None


def _fresh(side: Side) -> Side:
    """Return a side with names of its own: each pair names what it meets anew."""
    return replace(side, names=dict(side.names))


def _compared(
    left: Exchange | None, right: Exchange | None, rules: Rules
) -> list[Mismatch]:
    if left is not None and right is not None:
        return compare(left, right, rules)
    if left is None and right is None:
        return []
    return [Mismatch("answer", _status(left), _status(right))]


def _status(exchange: Exchange | None) -> object:
    return MISSING if exchange is None else exchange.response.status
