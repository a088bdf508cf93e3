"""The tool reports what is wrong, where it is wrong, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.plugin.fake_service import Fake
from twinproof.cases.model import case_hash
from twinproof.errors import DataUnreachable
from twinproof.run.results import Run, Verdict

RunOn = Callable[..., Run]


def test_right_implementation_is_green(run_on: RunOn) -> None:
    fake = Fake()

    run = run_on(fake)

    results = [(r.full_id, r.step, r.mismatches, r.error) for r in run.results]
    assert [each for each in results if each[2] or each[3]] == []
    assert run.count(Verdict.PASSED) == len(run.results) == 15
    assert run.exit_code == 0


def test_run_leaves_nothing_behind(run_on: RunOn) -> None:
    fake = Fake()

    run = run_on(fake)

    assert fake.store.items == {}
    assert fake.store.bucket == {}
    assert run.notes == ()


@pytest.mark.parametrize(
    ("fault", "case", "where"),
    [
        ("wrong status", "createUser/creates", "status"),
        ("extra member", "createUser/creates", "body /extra"),
        ("missing header", "createUser/creates", "header cache-control"),
        ("extra header", "createUser/creates", "header x-powered-by"),
        ("wrong stored item", "createUser/creates", "user ? /name"),
        ("wrong shard", "createUser/creates", "user ? /listShard"),
        ("wrong version", "createUser/creates", "user ? /version"),
        ("time out of range", "createUser/creates", "body /updatedAt"),
        ("schema violation", "createUser/creates", "body /name"),
        ("no guard", "createUser/keeps-the-key", "guard ?"),
        ("old id", "createUser/creates", "body /userId"),
        ("old id", "createUser/keeps-the-key", "body /userId"),
        ("no idempotency", "createUser/keeps-the-key", "idempotency ?"),
        ("leftover on refusal", "createUser/refuses-an-address-in-use", "user ?"),
        ("wrong problem", "getUser/does-not-know-the-id", "body /title"),
        ("writes on a read", "getUser/answers-the-user", "user ?"),
        ("stale writeId", "updateUser/renames", "user ? /writeId"),
        ("guard stays", "updateUser/moves-the-guard", "guard ?"),
        ("not deleted", "deleteUser/deletes", "user ?"),
        ("leftover guard", "deleteUser/deletes", "guard ?"),
        ("leftover object", "deleteAsset/deletes-record-and-object", "object ?"),
        ("removed too early", "deleteAsset/empties-the-object", "object ?"),
        ("removed too early", "deleteAsset/deletes-record-and-object", "object ?"),
        ("oldest first", "listUsers/shows-the-newest-first", "body /items/0/userId"),
    ],
)
def test_fault_is_found_where_it_is(
    run_on: RunOn, fault: str, case: str, where: str
) -> None:
    run = run_on(Fake(fault), case)

    [result] = run.results
    assert result.verdict is Verdict.FAILED
    assert run.exit_code == 1
    assert where in [_general(mismatch.where) for mismatch in result.mismatches]


def test_id_that_existed_before_is_not_accepted_as_new(run_on: RunOn) -> None:
    run = run_on(Fake("id reused"), "journeys/crowd")

    [result] = run.results
    assert result.verdict is Verdict.FAILED
    assert result.step == "makes"


@pytest.mark.parametrize(
    ("fault", "journey", "step"),
    [
        ("short url", "journeys/asset-life", "creates"),
        ("page twice", "journeys/crowd", "pages"),
        ("oldest first", "journeys/crowd", "pages"),
    ],
)
def test_journey_ends_at_the_step_that_fails(
    run_on: RunOn, fault: str, journey: str, step: str
) -> None:
    run = run_on(Fake(fault), journey)

    [result] = run.results
    assert (result.verdict, result.step) == (Verdict.FAILED, step)


def test_item_that_cannot_be_removed_is_an_error_of_the_tool(run_on: RunOn) -> None:
    fake = Fake()
    domain = f"{case_hash('createUser/creates')}.0badcafe.example"
    fake.store.sticky.add(f"email#ada@{domain}")

    run = run_on(fake, "createUser/creates")

    [result] = run.results
    assert result.verdict is Verdict.ERRORED
    assert "left behind: email#ada@" in result.error
    assert run.exit_code == 2
    assert any("left behind email#ada@" in note for note in run.notes)


def test_store_that_fails_is_an_error_of_the_tool(
    run_on: RunOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = Fake()
    monkeypatch.setattr(fake.store, "write", _broken)

    run = run_on(fake, "getUser/answers-the-user")

    [result] = run.results
    assert result.verdict is Verdict.ERRORED
    assert "a bug in twinproof: ZeroDivisionError" in result.error


def test_unreachable_store_is_an_error_of_the_tool(
    run_on: RunOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = Fake()
    monkeypatch.setattr(fake.store, "write", _gone)

    run = run_on(fake, "getUser/answers-the-user")

    [result] = run.results
    assert result.verdict is Verdict.ERRORED
    assert result.error == "DataUnreachable: no table"


def _gone(_: object) -> None:
    raise DataUnreachable("no table")


def _broken(_: object) -> None:
    raise ZeroDivisionError


def _general(where: str) -> str:
    """Return a label without the id or address in it."""
    words = where.split(" ")
    if words[0] in ("user", "guard", "idempotency", "object", "asset"):
        words[1] = "?"
        return " ".join(words[:2] + [w for w in words[2:] if w.startswith("/")])
    return where
