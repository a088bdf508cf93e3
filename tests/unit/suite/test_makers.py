"""A loop is judged as a whole: which of its exchanges created a record."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from contract.suite.cases import Step
from contract.suite.exchanges import Exchange, Request, Response
from contract.suite.makers import makers_of
from contract.suite.play import Play
from contract.suite.steps import StepFailed, play_steps
from tests.unit.suite.conftest import bench_of
from tests.unit.suite.fake_service import Fake
from tests.unit.suite.made import NEW, OLD, RECEIVED, SENT

if TYPE_CHECKING:
    from contract.suite.rulebook import Rulebook

Told = Callable[..., list[tuple[str, object]]]
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
MAKER = creation(NEW, SENT, RECEIVED)
REPEAT = creation(NEW, RECEIVED, RECEIVED + 9)


def test_maker_of_a_record_went_on_when_its_id_was_made() -> None:
    before = creation(NEW, SENT - 9, SENT - 5)
    beside = creation(NEW, SENT + 1, RECEIVED)

    assert makers_of([REPEAT, beside, MAKER, before], 0) == {NEW: MAKER}


def test_clock_of_a_maker_may_be_off_by_its_skew() -> None:
    late = creation(NEW, SENT + 6, RECEIVED)

    assert makers_of([late, REPEAT], 0) == {NEW: REPEAT}
    assert makers_of([late, REPEAT], 1) == {NEW: late}


def test_what_created_nothing_made_nothing() -> None:
    refused = Exchange("createUser", MAKER.request, Response(409), SENT, RECEIVED, 1)

    assert makers_of([refused, creation("no id", SENT, RECEIVED)], 0) == {}


@pytest.fixture(params=["times", "meanwhile"])
def told(
    book: Rulebook, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Told:
    """Play a loop that is answered so; return what is wrong with the ids."""

    def run(*answers: Exchange) -> list[tuple[str, object]]:
        left = iter(answers)
        monkeypatch.setattr(
            "contract.suite.steps.send",
            lambda _, operation, __: PAGE if operation.safe else next(left),
        )
        play = Play("journeys/x", "0badcafe", book, bench_of(Fake(), "http://a"))
        with pytest.raises(StepFailed) as failed:
            play_steps(play, [STEPS[request.param](len(answers))])
        return [
            (each.where, each.expected)
            for each in failed.value.mismatches
            if each.where == "body /userId"
        ]

    return run


@pytest.mark.parametrize("answers", [(MAKER, REPEAT), (REPEAT, MAKER)])
def test_repeat_beside_its_creation_holds_whichever_was_first(
    told: Told, answers: tuple[Exchange, ...]
) -> None:
    assert told(*answers) == []


def test_loop_whose_answers_are_all_older_than_it_created_nothing(told: Told) -> None:
    old = creation(OLD, SENT, RECEIVED), creation(OLD, SENT + 1, RECEIVED)

    assert told(*old) == [("body /userId", LATE)]
    assert told(creation(OLD, SENT, RECEIVED)) == [("body /userId", LATE)]


def test_id_of_another_key_is_no_repeat(told: Told) -> None:
    other = creation(NEW, RECEIVED, RECEIVED + 9, "other")

    assert told(MAKER, other) == [("body /userId", "an id of this key's own")]
    assert told(other, MAKER) == [("body /userId", "an id of this key's own")]


def test_id_without_a_key_is_no_repeat(told: Told) -> None:
    bare = creation(NEW, RECEIVED, RECEIVED + 9, None)

    assert told(MAKER, bare) == [("body /userId", "an id that was not there before")]
