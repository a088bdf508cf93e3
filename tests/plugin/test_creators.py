"""Among the exchanges of a loop the tool finds the one that created a record."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from contract.plugin.effects import ServiceEffects
from tests.plugin.conftest import prepared_of
from tests.plugin.fake_service import Fake
from tests.plugin.made import NEW, OLD, RECEIVED, SENT
from twinproof.cases.model import Step
from twinproof.checks.checks import Checks
from twinproof.domain.protocol import Creators
from twinproof.exchange.model import Exchange, Request, Response
from twinproof.run.play import Play
from twinproof.run.steps import StepFailed, play_steps

IdMismatches = Callable[..., list[tuple[str, object]]]
LATE = "a ULID made during the exchange"
CREATE = {"operation": "createUser", "when": {"json": {}}}


def creation(
    record_id: str, sent_ms: int, received_ms: int, key: str | None = "k"
) -> Exchange:
    body = json.dumps({"userId": record_id}).encode()
    headers = (("idempotency-key", key),) if key else ()
    request = Request("POST", "/users", headers=headers)
    response = Response(201, (), body)
    return Exchange("createUser", request, response, sent_ms, received_ms, 1)


def loop(times: int) -> dict[str, Any]:
    return {"times": times, "step": CREATE}


STEPS: dict[str, Callable[[int], Step]] = {
    "times": lambda times: Step("it", "times", {"id": "it", **loop(times)}),
    "meanwhile": lambda times: Step(
        "it",
        "pages",
        {"pages": {"operation": "listUsers"}, "meanwhile": loop(times), "then": {}},
    ),
}
PAGE = Exchange("listUsers", Request("GET", "/users"), Response(503), SENT, RECEIVED, 1)
CREATOR = creation(NEW, SENT, RECEIVED)
REPEAT = creation(NEW, RECEIVED, RECEIVED + 9)


def creators(*exchanges: Exchange, skew_ms: int = 0) -> Creators:
    return ServiceEffects().creators(exchanges, skew_ms)


def test_creator_of_a_record_is_the_exchange_in_which_its_id_was_made() -> None:
    before = creation(NEW, SENT - 9, SENT - 5)
    beside = creation(NEW, SENT + 1, RECEIVED)

    found = creators(REPEAT, beside, CREATOR, before)

    assert found == Creators({NEW: CREATOR}, [])


def test_clock_of_a_creator_may_be_off_by_its_skew() -> None:
    late = creation(NEW, SENT + 6, RECEIVED)

    assert creators(late, REPEAT).by_id == {NEW: REPEAT}
    assert creators(late, REPEAT, skew_ms=1).by_id == {NEW: late}


def test_exchange_that_created_nothing_is_not_a_creator() -> None:
    refused = Exchange("createUser", CREATOR.request, Response(409), SENT, RECEIVED, 1)

    assert creators(refused, creation("no id", SENT, RECEIVED)).by_id == {}


@pytest.fixture(params=["times", "meanwhile"])
def id_mismatches(
    checks: Checks, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> IdMismatches:
    """Play a loop with these responses; return the mismatches of its ids."""

    def run(*answers: Exchange) -> list[tuple[str, object]]:
        left = iter(answers)
        monkeypatch.setattr(
            "twinproof.run.steps.send",
            lambda _, operation, *__: PAGE if operation.safe else next(left),
        )
        play = Play("journeys/x", "0badcafe", checks, prepared_of(Fake(), "http://a"))
        with pytest.raises(StepFailed) as failed:
            play_steps(play, [STEPS[request.param](len(answers))])
        return [
            (each.where, each.expected)
            for each in failed.value.mismatches
            if each.where == "body /userId"
        ]

    return run


@pytest.mark.parametrize("answers", [(CREATOR, REPEAT), (REPEAT, CREATOR)])
def test_repeat_may_arrive_before_its_creation(
    id_mismatches: IdMismatches, answers: tuple[Exchange, ...]
) -> None:
    assert id_mismatches(*answers) == []


def test_id_from_before_the_loop_is_a_mismatch(id_mismatches: IdMismatches) -> None:
    old = creation(OLD, SENT, RECEIVED), creation(OLD, SENT + 1, RECEIVED)

    assert id_mismatches(*old) == [("body /userId", LATE)]
    assert id_mismatches(creation(OLD, SENT, RECEIVED)) == [("body /userId", LATE)]


def test_same_id_under_another_key_is_a_mismatch(id_mismatches: IdMismatches) -> None:
    other = creation(NEW, RECEIVED, RECEIVED + 9, "other")

    assert id_mismatches(CREATOR, other) == [
        ("body /userId", "an id of this key's own")
    ]
    assert id_mismatches(other, CREATOR) == [
        ("body /userId", "an id of this key's own")
    ]


def test_same_id_without_a_key_is_a_mismatch(id_mismatches: IdMismatches) -> None:
    bare = creation(NEW, RECEIVED, RECEIVED + 9, None)

    assert id_mismatches(CREATOR, bare) == [
        ("body /userId", "an id that was not there before")
    ]
