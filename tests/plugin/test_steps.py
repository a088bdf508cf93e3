"""When a journey ends, and which cases a target can run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.plugin.conftest import prepared_of
from tests.plugin.fake_http import serving
from tests.plugin.fake_service import Fake
from twinproof.cases.model import Call, Case, Collection, Journey, Step
from twinproof.checks.checks import Checks
from twinproof.contract.openapi import Contract
from twinproof.errors import ToolError, UnboundName
from twinproof.exchange.drivers import Http
from twinproof.run.play import Play
from twinproof.run.selection import (
    EVENT_ONLY,
    GATEWAY_ONLY,
    NO_WRITES,
    NOT_SERVED,
    ONLY_AWS,
    why_not,
)
from twinproof.run.steps import StepFailed, play_steps
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.target import Target
from twinproof.timing import Timing


@pytest.fixture
def play(checks: Checks) -> Iterator[Play]:
    with serving(Fake()) as url:
        prepared = prepared_of(Fake(), url)
        yield Play("journeys/x", "0badcafe", checks, prepared)
        prepared.driver.close()


def step(kind: str, **body: Any) -> Step:
    return Step("it", kind, {"id": "it", **body})


def failure(play: Play, made: Step) -> list[tuple[str, object, object]]:
    with pytest.raises(StepFailed) as failed:
        play_steps(play, [made])
    return [(m.where, m.expected, m.got) for m in failed.value.mismatches]


MISSING_USER = {"operation": "getUser", "when": {"path": {"userId": {"ulid": 0}}}}


def test_statuses_are_counted(play: Play) -> None:
    made = step("times", times=2, step=MISSING_USER, then={"statuses": {"200": 2}})

    assert failure(play, made) == [("statuses", {"200": 2}, {"404": 2})]


def test_loop_without_expectations_is_checked_by_the_contract(play: Play) -> None:
    play_steps(play, [step("times", times=2, step=MISSING_USER, **{"as": "none"})])

    assert play.scope.names["none"] == []


def test_unreadable_page_ends_the_walk(play: Play) -> None:
    made = step(
        "pages",
        pages={"operation": "getHealth"},
        then={"newestFirst": True},
    )

    assert ("status", 200, 404) in failure(play, made)


def test_record_that_no_page_lists_is_a_mismatch(play: Play) -> None:
    play.scope.names["all"] = [{"userId": "A", "createdAt": 1}]
    made = step("pages", pages={"operation": "listUsers"}, then={"seesEachOnce": "all"})

    assert failure(play, made) == [("pages A", "once", "0 times")]


def test_endless_pages_are_a_mismatch(play: Play) -> None:
    play.checks = replace(play.checks, timing=Timing(most_pages=0))
    made = step("pages", pages={"operation": "listUsers"}, then={"newestFirst": True})

    assert failure(play, made) == [("pages", "a last one", "more than 0")]


def test_too_long_a_wait_is_an_error_of_the_tool(play: Play) -> None:
    with pytest.raises(ToolError, match="step it would wait"):
        play_steps(play, [step("until", until={"now": 3_600_000})])


def test_steps_of_a_relay_alternate_between_targets(play: Play) -> None:
    other = replace(play.prepared, target=replace(play.prepared.target, name="other"))
    seen: list[str] = []

    class Noting(Http):
        def __init__(self, name: str, prepared: PreparedTarget) -> None:
            super().__init__(prepared.target.url)
            self.name = name

        def send(self, request: Any) -> Any:
            seen.append(self.name)
            return super().send(request)

    prepared_targets = [
        replace(play.prepared, driver=Noting("a", play.prepared)),
        replace(other, driver=Noting("b", other)),
    ]
    call = {**MISSING_USER, "then": {"problem": "not-found"}}

    play_steps(
        play, [Step(str(n), "operation", call) for n in range(3)], prepared_targets
    )

    assert seen == ["a", "b", "a"]
    for prepared in prepared_targets:
        prepared.driver.close()


def test_name_that_no_response_bound_is_an_error_of_the_tool(play: Play) -> None:
    call = {
        **MISSING_USER,
        "then": {"problem": "not-found"},
        "after": {"gone": {"users": [{"ref": "nobody"}]}},
    }

    with pytest.raises(UnboundName, match="nobody"):
        play.call(Call.read(call))


def test_wrong_response_causes_no_error_about_its_names(play: Play) -> None:
    call = {
        **MISSING_USER,
        "then": {"status": 200, "json": {"userId": {"bind": "id"}}},
        "after": {"gone": {"users": [{"ref": "id"}]}},
    }

    assert [each.where for each in play.call(Call.read(call))] == ["status", "body"]


def test_after_without_a_name_of_the_response_is_no_error(play: Play) -> None:
    wrong = {"status": 200, "json": {"name": {"bind": "name"}}}
    after = {"users": [{"userId": {"ref": "user.userId"}, "name": {"ref": "name"}}]}
    play.fixtures.set_up({"users": [{"bind": "user"}]})
    gone = {"operation": "getUser", "when": {"path": {"userId": {"ulid": 1}}}}

    found = play.call(Call.read({**gone, "then": wrong, "after": after}))

    assert [each.where for each in found][:2] == ["status", "body"]
    with pytest.raises(UnboundName, match="name"):
        play.after(after, failed=False)
    assert play.after(after, failed=True) == []


BINDING: dict[str, Any] = {
    "status": 404,
    "json": {
        "type": "urn:problem:not-found",
        "title": "There is no such resource",
        "status": 404,
        "userId": {"bind": "id"},
    },
}


@pytest.mark.parametrize(
    "more",
    [
        {"headers": {"x-request-id": {"ref": "id"}}},
        {"text": {"ref": "id"}},
        {"json": {**BINDING["json"], "etag": {"ref": "id"}}},
    ],
)
def test_then_without_a_name_of_the_body_is_no_error(
    play: Play, more: dict[str, Any]
) -> None:
    call = Call.read({**MISSING_USER, "then": {**BINDING, **more}})

    assert [each.where for each in play.call(call)] == ["body /userId"]


def test_then_with_a_name_that_nothing_binds_is_an_error_of_the_tool(
    play: Play,
) -> None:
    then = {"status": 404, "headers": {"x-request-id": {"ref": "nobody"}}}

    with pytest.raises(UnboundName, match="nobody"):
        play.call(Call.read({**MISSING_USER, "then": then}))


def test_failed_step_causes_no_error_about_names_in_its_after(play: Play) -> None:
    after = {"gone": {"users": [{"ref": "nobody"}]}}
    loop = {"times": 1, "step": MISSING_USER, "after": after}

    wrong = failure(play, step("times", then={"statuses": {"200": 1}}, **loop))

    assert wrong == [("statuses", {"200": 1}, {"404": 1})]
    with pytest.raises(UnboundName, match="nobody"):
        play_steps(play, [step("times", **loop)])


def prepared(url: str, writes: str, function_of: str | None = None) -> PreparedTarget:
    store = Fake().store
    return PreparedTarget(
        Target("x", url, writes=writes), Http(url), store, "", function_of
    )


def case(operation: str, **call: Any) -> Case:
    return Case("a", "b", "c", Call(operation, **call))


GATEWAY = case("getHealth", then={"status": 404, "gateway": True})
PATCHED = case("getHealth", when={"eventPatch": {}})
READ = case("getUser")
WRITE = case("createUser")
DISGUISED = case("getUser", when={"method": "PUT"})
STORY = Journey(
    "x",
    "y",
    (
        step(
            "pages", pages={"operation": "listUsers"}, meanwhile={"step": MISSING_USER}
        ),
        step("times", step={"operation": "createAsset"}),
    ),
)
WEB, FUNCTION, LIVE = "http://127.0.0.1:1", "lambda:f", "https://api.example"


@pytest.mark.parametrize(
    ("each", "where", "why"),
    [
        (GATEWAY, prepared(FUNCTION, "any"), GATEWAY_ONLY),
        (GATEWAY, prepared(WEB, "any"), ""),
        (PATCHED, prepared(WEB, "any"), EVENT_ONLY),
        (PATCHED, prepared(FUNCTION, "any"), ""),
        (READ, prepared(FUNCTION, "any", "assets"), NOT_SERVED),
        (READ, prepared(FUNCTION, "any", "users"), ""),
        (STORY, prepared(FUNCTION, "any", "users"), NOT_SERVED),
        (STORY, prepared(WEB, "any"), ""),
        (STORY, prepared(WEB, "none"), NO_WRITES),
        (READ, prepared(WEB, "none"), ""),
        (WRITE, prepared(WEB, "none"), NO_WRITES),
        (WRITE, prepared(WEB, "own-records"), ""),
        (DISGUISED, prepared(WEB, "none"), NO_WRITES),
        (case("getUser", when={"method": "HEAD"}), prepared(WEB, "none"), ""),
        (case("getUser", when={"method": "OPTIONS"}), prepared(WEB, "none"), ""),
        (replace(READ, only_aws=True), prepared(WEB, "any"), ONLY_AWS),
        (replace(READ, only_aws=True), prepared(LIVE, "none"), ""),
        (replace(READ, given={"users": [{}]}), prepared(WEB, "none"), NO_WRITES),
        (
            WRITE,
            replace(prepared(WEB, "any"), store=None, no_store="no stack is named"),
            "no stores: no stack is named",
        ),
    ],
)
def test_target_runs_the_cases_that_it_can(
    contract: Contract, each: Case | Journey, where: PreparedTarget, why: str
) -> None:
    assert why_not(each, where, contract) == why


def test_cases_are_chosen_by_id_operation_or_kind() -> None:
    whole = Collection((READ, WRITE), (STORY,))

    def ids(*wanted: str) -> list[str]:
        return [each.full_id for each in whole.choose(wanted).all]

    assert ids() == ["getUser/a", "createUser/a", "journeys/x"]
    assert ids("getUser") == ["getUser/a"]
    assert ids("createUser/a", "journeys/x") == ["createUser/a", "journeys/x"]
    assert ids("journeys") == ["journeys/x"]
