"""Compares the exchanges of one case on two targets."""

from __future__ import annotations

import time
from dataclasses import replace

from twinproof.cases.matching import Mismatch
from twinproof.checks.checks import Checks
from twinproof.compare.exchanges import Rules, compare
from twinproof.domain.names import Names
from twinproof.errors import located
from twinproof.exchange.model import Exchange
from twinproof.run.player import CasePlayed, verdict_of
from twinproof.run.results import Pair, Verdict, weakest


def pair_of(checks: Checks, one: CasePlayed, other: CasePlayed) -> Pair:
    """Compare the last exchanges of a case; earlier ones were only repeats.

    A case that errored on a target cannot be compared.
    """
    start, error = time.monotonic(), ""
    mismatches: list[Mismatch] = []
    exchanges = _last(one), _last(other)
    errored = Verdict.ERRORED in (one.result.verdict, other.result.verdict)
    left, right = exchanges
    if errored or left is None or right is None:
        error = "could not be compared: errored on one target"
    else:
        rules = Rules(checks, _fresh(one.names), _fresh(other.names))
        try:
            mismatches = compare(left, right, rules)
        except Exception as bug:  # noqa: BLE001 - a bug of the suite's is no difference
            error = f"a bug in twinproof: {located(bug)}"
    return Pair(
        full_id=one.result.full_id,
        targets=(one.result.target, other.result.target),
        verdict=verdict_of(mismatches, error),
        duration_ms=round((time.monotonic() - start) * 1000),
        mismatches=tuple(mismatches),
        exchanges=exchanges,
        error=error,
        evidence=weakest(one.result.evidence, other.result.evidence),
    )


def _last(played: CasePlayed) -> Exchange | None:
    exchanges = played.result.exchanges
    return exchanges[-1] if exchanges else None


def _fresh(names: Names) -> Names:
    """Return names that nothing is named by yet: each pair names what it meets."""
    return replace(names, names=dict(names.names))
