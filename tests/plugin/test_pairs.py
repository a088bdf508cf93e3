"""Comparison of two targets reports every difference and no noise."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.plugin.conftest import prepared_of
from tests.plugin.fake_http import serving
from tests.plugin.fake_logs import LoggedFake
from twinproof.cases.model import Collection
from twinproof.checks.checks import Checks
from twinproof.run.results import Run, Verdict
from twinproof.run.runner import Runner
from twinproof.targets.prepared import PreparedTarget

RunBoth = Callable[..., Run]


def prepared(fake: LoggedFake, url: str, name: str) -> PreparedTarget:
    made = prepared_of(fake, url)
    target = replace(made.target, name=name)
    return replace(made, target=target, logs=fake.reader)


@pytest.fixture
def run_both(checks: Checks, small: Collection) -> RunBoth:
    """Run cases on a fake without faults and one with these, over the same data."""

    def run(*ids: str, fault: str = "") -> Run:
        right = LoggedFake()
        other = LoggedFake(fault, store=right.store)
        with ExitStack() as stack:
            urls = [stack.enter_context(serving(each)) for each in (right, other)]
            # Both fakes use one bucket, so both sign URLs for it.
            other.base = right.base
            prepared_targets = [
                prepared(right, urls[0], "one"),
                prepared(other, urls[1], "two"),
            ]
            runner = Runner(checks, prepared_targets, lambda _: None, "0badcafe")
            return runner.run(small.choose(ids))

    return run


def test_one_url_under_two_names_shows_no_difference(
    checks: Checks, small: Collection
) -> None:
    fake = LoggedFake()
    with serving(fake) as url:
        prepared_targets = [prepared(fake, url, "one"), prepared(fake, url, "two")]
        run = Runner(checks, prepared_targets, lambda _: None, "0badcafe").run(small)

    assert [pair for pair in run.pairs if pair.verdict is not Verdict.PASSED] == []
    assert [each for each in run.all if each.verdict is not Verdict.PASSED] == []
    assert (len(run.results), len(run.pairs), len(run.relays)) == (30, 13, 4)
    assert run.notes == ()
    assert fake.store.items == {}


def test_pair_has_the_log_events_of_both(run_both: RunBoth) -> None:
    run = run_both("createUser/creates")

    [pair] = run.pairs
    logged = [
        each and [event.get("event") for event in each.events]
        for each in pair.exchanges
    ]
    assert logged == [["request", None], ["request", None]]


@pytest.mark.parametrize(
    ("fault", "case", "where"),
    [
        ("wrong status", "createUser/creates", "status"),
        ("other header", "createUser/creates", "header cache-control"),
        ("missing header", "createUser/creates", "header cache-control"),
        ("extra header", "createUser/creates", "header x-powered-by"),
        ("extra member", "createUser/creates", "body /extra"),
        ("schema violation", "createUser/creates", "body /name"),
        ("wrong problem", "getUser/does-not-know-the-id", "body /title"),
        ("wrong stored item", "createUser/creates", "user <id> /name"),
        ("no guard", "createUser/creates", "guard ada@<own domain>"),
        (
            "no idempotency",
            "createUser/keeps-the-key",
            "idempotency createUser#k<own key>",
        ),
        ("writes on a read", "getUser/answers-the-user", "user <ada>"),
        ("not deleted", "deleteUser/deletes", "user <ada>"),
        ("leftover object", "deleteAsset/deletes-record-and-object", "object ?"),
        ("log event", "createUser/creates", "log /0/level"),
        ("time out of range", "createUser/creates", "body /updatedAt"),
        ("wrong shard", "createUser/creates", "user <id> /listShard"),
        ("stale writeId", "updateUser/renames", "user <ada> /writeId"),
        ("oldest first", "listUsers/shows-the-newest-first", "body /items/0/userId"),
    ],
)
def test_deviation_of_one_target_is_a_difference(
    run_both: RunBoth, fault: str, case: str, where: str
) -> None:
    run = run_both(case, fault=fault)

    [pair] = run.pairs
    assert pair.verdict is Verdict.FAILED
    places = [each.where for each in pair.differences]
    assert any(place == where or _general(place) == where for place in places), places
    assert run.exit_code == 1


def _general(where: str) -> str:
    return "object ?" if where.startswith("object ") else where
