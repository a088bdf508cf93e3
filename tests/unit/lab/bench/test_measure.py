"""In which order contestants are measured."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from lab.bench.contestants import LABELS, OURS
from lab.bench.measuring.measure import FULL, shuffled
from tests.unit.lab.bench.conftest import contestant


def test_each_is_measured_once_a_round_at_changing_places_after_changing_others(
    tmp_path: Path,
) -> None:
    names = [OURS, *LABELS["node"]]
    contestants = [contestant(tmp_path, name, name) for name in names]
    rounds = [shuffled(contestants, number) for number in range(FULL.cold_rounds)]
    assert all(set(order) == set(contestants) for order in rounds)
    for one in contestants:
        assert len({order.index(one) for order in rounds}) >= len(names) - 1
        followed = {
            before
            for order in rounds
            for before, after in pairwise(order)
            if after is one
        }
        assert len(followed) >= len(names) - 2
    assert rounds == [shuffled(contestants, number) for number in range(len(rounds))]
