"""What a seed draws stays what it was, for seeds are written down."""

from __future__ import annotations

import hashlib
import json

import pytest

from contract.plugin.fuzz import ServiceDrawing
from twinproof.contract.openapi import Contract
from twinproof.fuzz.sequences import sequence

PLANS = 2000


@pytest.mark.parametrize(
    ("seed", "digest"),
    [
        (1, "ea5696dd1e77efb3965612b24d23894da6d48861f17c727dcd89efa226cc391a"),
        (20261121, "1e23a0274cbb7619c7ef8f93b9818bc4d1d2855b9cb19f5b007642b634428d0f"),
    ],
)
def test_plans_of_a_seed_are_these(contract: Contract, seed: int, digest: str) -> None:
    drawing = ServiceDrawing(contract)
    found = hashlib.sha256()
    for index in range(PLANS):
        plan = sequence(seed, index, drawing)
        steps = [
            [one.operation, one.when, one.bind, one.about, one.shows, one.tags]
            for one in plan.steps
        ]
        text = json.dumps([plan.given, steps], separators=(",", ":"))
        found.update(text.encode())

    assert found.hexdigest() == digest
