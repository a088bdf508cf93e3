"""The reported difference is the one that was found, and it occurred again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from contract.plugin.fuzz import ServiceDrawing
from tests.plugin.conftest import CONTRACT
from tests.plugin.fake_store import FakeStore
from twinproof.cases.expressions import PLAIN
from twinproof.cases.matching import MISSING, Mismatch
from twinproof.checks.checks import Checks
from twinproof.contract.openapi import Contract
from twinproof.domain.names import Names
from twinproof.domain.plans import OWN_ONLY, WINDOW_FIRST, Plan, PlanStep
from twinproof.exchange.drivers import Http
from twinproof.exchange.model import Item, Key
from twinproof.fuzz.playing import Divergence, PairPlayer
from twinproof.fuzz.shrinking import Shrinker, simpler_steps
from twinproof.fuzz.sweeping import Sweeper
from twinproof.stores.resources import Blob
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.target import Target

TAIL = 16  # digits of a ULID behind its time
DRAWING = ServiceDrawing(Contract(CONTRACT))


class KeepingStore(FakeStore):
    """A store that remembers in which order ids were written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def write(self, things: Mapping[Key, Item | Blob]) -> None:
        self.written += [key.name for key in things if "#" not in key.name]
        super().write(things)


def test_ids_of_both_lanes_order_alike(checks: Checks) -> None:
    store, target = KeepingStore(), Target("fake", "http://127.0.0.1:1")
    prepared = PreparedTarget(target, Http(target.url), store)
    stage = PairPlayer(checks, DRAWING, (prepared, prepared), "0badcafe", Sweeper())
    plan = Plan({"users": [{"bind": f"u{n}"} for n in range(5)]})

    for number in range(2):
        stage.play(plan, f"fuzz/1/1/{number}", number, closely=False)

    assert len(set(store.written)) == 20
    one, other, third, fourth = (
        [each[-TAIL:] for each in store.written[at : at + 5]] for at in (0, 5, 10, 15)
    )
    assert (one, third) == (other, fourth)
    assert one != third


PLAN = Plan({"users": [{"bind": "u"}]}, (PlanStep("getUser"), PlanStep("listUsers")))


def parted(plan: Plan, where: str, left: Any, right: Any) -> Divergence:
    """Return how the targets differ at the last step of a plan."""
    mismatch = Mismatch(where, left, right)
    last = len(plan.steps) - 1
    return Divergence(plan, last, (mismatch,), (None, None), Names(), ())


@pytest.mark.parametrize(
    ("where", "left", "right"),
    [
        ("body /items/1/userId", "a", "b"),
        ("body /items/0/name", "a", "b"),
        ("body /items/0/userId", MISSING, "b"),
        ("body /items/0/userId", "a", 1),
        ("status", 200, 400),
    ],
)
def test_plan_that_shows_another_difference_is_not_kept(
    where: str, left: Any, right: Any
) -> None:
    found = parted(PLAN, "body /items/0/userId", "x", "y")

    def attempt(plan: Plan) -> Divergence:
        if plan == PLAN:
            return parted(plan, "body /items/0/userId", "x", "y")
        return parted(plan, where, left, right)

    assert Shrinker(found, attempt, DRAWING).run().plan == PLAN


def test_other_statuses_are_another_difference() -> None:
    found = parted(PLAN, "status", 200, 400)

    def attempt(plan: Plan) -> Divergence:
        return parted(plan, "status", 200, 400 if plan == PLAN else 404)

    assert Shrinker(found, attempt, DRAWING).run().plan == PLAN


def test_step_at_which_an_unnamed_id_first_occurred_is_not_compared() -> None:
    found = parted(PLAN, "user <step 4 body /userId> /name", "x", "y")

    shrunk = Shrinker(
        found,
        lambda p: parted(p, "user <step 2 body /userId> /name", "v", "w"),
        DRAWING,
    ).run()

    assert (shrunk.plan.given, len(shrunk.plan.steps)) == ({}, 1)


def test_what_is_returned_is_the_last_play_of_the_smallest_plan() -> None:
    plays: list[Divergence] = []

    def attempt(plan: Plan) -> Divergence:
        plays.append(parted(plan, "body", "x", "y"))
        return plays[-1]

    shrinker = Shrinker(parted(PLAN, "body", "x", "y"), attempt, DRAWING)

    assert shrinker.run() is plays[-1]
    assert shrinker.plays == len(plays)


def test_smallest_plan_that_does_not_come_again_is_not_returned() -> None:
    found = parted(PLAN, "body", "x", "y")
    seen: list[Plan] = []

    def attempt(plan: Plan) -> Divergence | None:
        seen.append(plan)
        return None if seen.count(plan) > 1 else parted(plan, "body", "x", "y")

    assert Shrinker(found, attempt, DRAWING).run() is found


@pytest.mark.parametrize(
    ("shows", "parameter"), [(OWN_ONLY, "email"), (WINDOW_FIRST, "cursor")]
)
def test_list_of_own_records_stays_one(shows: str, parameter: str) -> None:
    step = PlanStep(
        "listUsers", {"query": {parameter: "abc", "limit": "2"}}, shows=shows
    )

    simplified = list(simpler_steps(step, DRAWING, PLAIN))

    assert simplified == [replace(step, when={"query": {parameter: "abc"}})]


def test_end_of_the_window_stays() -> None:
    given = {"users": [{"bind": "u1"}, {"bind": "u2", "name": "the end"}]}
    found = parted(Plan(given, (PlanStep("listUsers"),)), "body", "x", "y")

    shrunk = Shrinker(found, lambda plan: parted(plan, "body", "x", "y"), DRAWING).run()

    assert shrunk.plan.given == {"users": [{"bind": "u2", "name": "the end"}]}
