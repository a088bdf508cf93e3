"""Finds the relays: every ordered pair of targets that share their data."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from twinproof.targets.prepared import PreparedTarget

NOT_SHARED = "their data is not the same, so no journey goes from one to the other"


def share_data(one: PreparedTarget, other: PreparedTarget) -> bool:
    """Say whether two targets use the same tables and the same bucket."""
    if one.store is None or other.store is None:
        return False
    places = [
        (prepared.target.endpoint, prepared.target.region, prepared.store.resources)
        for prepared in (one, other)
        if prepared.store is not None
    ]
    return places[0] == places[1]


def orders(
    prepared_targets: Sequence[PreparedTarget],
) -> list[tuple[PreparedTarget, PreparedTarget]]:
    """Return every ordered pair of targets that share their data."""
    return [
        (first, second)
        for first, second in permutations(prepared_targets, 2)
        if share_data(first, second)
    ]
