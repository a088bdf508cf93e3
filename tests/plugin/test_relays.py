"""In a relay the steps of a journey go to two targets in turn."""

from __future__ import annotations

from dataclasses import replace

from tests.plugin.conftest import prepared_of
from tests.plugin.fake_http import serving
from tests.plugin.fake_service import Fake
from twinproof.cases.model import Collection
from twinproof.checks.checks import Checks
from twinproof.run.relay import NOT_SHARED, orders
from twinproof.run.results import Evidence, Verdict
from twinproof.run.runner import Runner
from twinproof.targets.prepared import PreparedTarget


def named(
    prepared: PreparedTarget, name: str, region: str = "us-east-1"
) -> PreparedTarget:
    return replace(prepared, target=replace(prepared.target, name=name, region=region))


def test_targets_over_the_same_data_relay_in_both_orders() -> None:
    made = prepared_of(Fake(), "http://127.0.0.1:1")
    one, two = named(made, "one"), named(made, "two")
    other_region = named(made, "far", "eu-west-1")
    blind = replace(named(made, "blind"), store=None)

    found = [
        tuple(prepared.target.name for prepared in turns)
        for turns in orders([one, blind, two, other_region])
    ]

    assert found == [("one", "two"), ("two", "one")]


def test_each_step_goes_to_the_next_target(checks: Checks, small: Collection) -> None:
    right, wrong = Fake(), Fake("short url")
    wrong.store = right.store
    chosen = small.choose(["journeys/asset-life"])
    with serving(right) as here, serving(wrong) as there:
        wrong.base = right.base
        prepared_targets = [
            named(prepared_of(right, here), "one"),
            named(prepared_of(wrong, there), "two"),
        ]
        run = Runner(checks, prepared_targets, lambda _: None, "0badcafe").run(chosen)

    # Steps 1 and 5 sign; with two targets both go to the first.
    assert {(each.target, each.verdict, each.step) for each in run.results} == {
        ("one", Verdict.PASSED, ""),
        ("two", Verdict.FAILED, "creates"),
    }
    found = {each.relay: (each.verdict, each.step) for each in run.relays}
    assert found == {
        ("one", "two"): (Verdict.PASSED, ""),
        ("two", "one"): (Verdict.FAILED, "creates"),
    }
    assert {each.evidence for each in run.relays} == {Evidence.EMULATOR}
    assert run.pairs == ()


def test_targets_over_different_data_are_named(
    checks: Checks, small: Collection
) -> None:
    one, two = Fake(), Fake()
    chosen = small.choose(["getUser"])
    with serving(one) as here, serving(two) as there:
        far = named(prepared_of(two, there), "two", "eu-west-1")
        prepared_targets = [named(prepared_of(one, here), "one"), far]
        run = Runner(checks, prepared_targets, lambda _: None, "0badcafe").run(chosen)

    assert NOT_SHARED in run.notes
    assert [pair.verdict for pair in run.pairs] == 2 * [Verdict.PASSED]


def test_case_that_one_target_cannot_run_is_not_paired(
    checks: Checks, small: Collection
) -> None:
    fake = Fake()
    chosen = small.choose(["getUser", "journeys/asset-life"])
    with serving(fake) as url:
        one = named(prepared_of(fake, url), "one")
        two = named(prepared_of(fake, url, "none"), "two")
        run = Runner(checks, [one, two], lambda _: None, "0badcafe").run(chosen)

    assert [pair.full_id for pair in run.pairs] == ["getUser/does-not-know-the-id"]
    assert run.relays == ()
    assert [each.full_id for each in run.left_out] == [
        "getUser/answers-the-user",
        "journeys/asset-life",
    ]
