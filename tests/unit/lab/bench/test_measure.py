"""The order in which candidates are measured."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from lab.bench.candidates import LABELS, OURS
from lab.bench.measuring.measure import FULL, shuffled
from tests.unit.lab.bench.conftest import candidate


def test_each_is_measured_once_a_round_in_changing_order_after_changing_others(
    tmp_path: Path,
) -> None:
    names = [OURS, *LABELS["node"]]
    candidates = [candidate(tmp_path, name, name) for name in names]
    rounds = [shuffled(candidates, number) for number in range(FULL.cold_rounds)]
    assert all(set(order) == set(candidates) for order in rounds)
    for one in candidates:
        assert len({order.index(one) for order in rounds}) >= len(names) - 1
        followed = {
            before
            for order in rounds
            for before, after in pairwise(order)
            if after is one
        }
        assert len(followed) >= len(names) - 2
    assert rounds == [shuffled(candidates, number) for number in range(len(rounds))]
