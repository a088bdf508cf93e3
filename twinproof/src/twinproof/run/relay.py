"""Which targets can take turns: those that share their data, in every order of two."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from twinproof.targets.prepared import Bench

NOT_SHARED = "their data is not the same, so no journey goes from one to the other"


def share_data(one: Bench, other: Bench) -> bool:
    """Say whether two targets stand on the same tables and the same bucket."""
    if one.store is None or other.store is None:
        return False
    places = [
        (bench.target.endpoint, bench.target.region, bench.store.resources)
        for bench in (one, other)
        if bench.store is not None
    ]
    return places[0] == places[1]


def orders(benches: Sequence[Bench]) -> list[tuple[Bench, Bench]]:
    """Return every two targets that can take turns, both ways."""
    return [
        (first, second)
        for first, second in permutations(benches, 2)
        if share_data(first, second)
    ]
