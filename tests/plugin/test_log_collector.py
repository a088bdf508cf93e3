"""Log events of HTTP requests are found, attributed to a request and checked."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from tests.plugin.fake_http import serving
from tests.plugin.fake_logs import LOGS, LoggedFake
from tests.plugin.test_pairs import prepared
from twinproof.cases.model import Collection
from twinproof.checks.checks import Checks
from twinproof.run.results import Run, Verdict
from twinproof.run.runner import Runner
from twinproof.targets.logs import LogReader, LogsUnreadable, invocations
from twinproof.targets.prepared import PreparedTarget

METRIC = '{"_aws":{}}'


def line(request_id: str) -> str:
    return json.dumps({"event": "request", "requestId": request_id})


def test_metric_line_ends_a_request() -> None:
    lines = ["stray", line("a"), METRIC, line("b"), METRIC, line("c")]

    found = list(invocations(lines, LOGS))

    assert found == [
        ("a", f"stray\n{line('a')}\n{METRIC}"),
        ("b", f"{line('b')}\n{METRIC}"),
    ]


def test_start_line_begins_a_request() -> None:
    lines = ["START RequestId: 1", line("a"), METRIC, "late", "END RequestId: 1"]
    lines += ["START RequestId: 2", "[1]", "START RequestId: 3", line("b"), METRIC]

    found = dict(invocations(lines, LOGS))

    assert found == {
        "a": "\n".join(lines[:5]),
        "b": "\n".join(lines[7:]),
    }


class Pages:
    """A log group of two pages, with events in two streams."""

    def filter_log_events(self, **arguments: Any) -> Any:
        assert arguments["logGroupName"] == "g"
        assert arguments["startTime"] == 7
        if "nextToken" not in arguments:
            events = [("one", line("a")), ("two", line("b"))]
            return {"events": _events(events), "nextToken": "more"}
        assert arguments["nextToken"] == "more"
        return {"events": _events([("two", f"{METRIC}\n"), ("one", METRIC)])}


def _events(lines: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"logStreamName": stream, "message": text} for stream, text in lines]


def test_all_pages_are_read_and_streams_are_kept_apart() -> None:
    found = dict(LogReader(Pages(), ["g"], LOGS).read(7))

    assert found == {
        "a": f"{line('a')}\n{METRIC}",
        "b": f"{line('b')}\n{METRIC}",
    }


class Unknown:
    def filter_log_events(self, **_: Any) -> Any:
        raise ClientError(
            {"Error": {"Code": "ResourceNotFoundException", "Message": "no"}},
            "FilterLogEvents",
        )


def test_log_group_of_a_function_that_never_ran_is_empty() -> None:
    assert list(LogReader(Unknown(), ["g"], LOGS).read(0)) == []


class Unreachable:
    def filter_log_events(self, **_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


def test_unreachable_logs_are_an_error() -> None:
    with pytest.raises(LogsUnreadable, match=r"127\.0\.0\.1:1"):
        list(LogReader(Unreachable(), ["g"], LOGS).read(0))


class Refusing:
    def filter_log_events(self, **_: Any) -> Any:
        raise ClientError(
            {"Error": {"Code": "AccessDeniedException", "Message": "no"}},
            "FilterLogEvents",
        )


def test_log_groups_without_permission_are_an_error() -> None:
    with pytest.raises(LogsUnreadable, match="AccessDeniedException"):
        list(LogReader(Refusing(), ["g"], LOGS).read(0))


def run(checks: Checks, small: Collection, *prepared_targets: PreparedTarget) -> Run:
    chosen = small.choose(["createUser/creates"])
    return Runner(checks, prepared_targets, lambda _: None, "0badcafe").run(chosen)


def test_log_event_that_breaks_its_schema_fails_the_case(
    checks: Checks, small: Collection
) -> None:
    fake = LoggedFake("log schema")
    with serving(fake) as url:
        [result] = run(checks, small, prepared(fake, url, "one")).results

    assert result.verdict is Verdict.FAILED
    assert {each.where for each in result.mismatches} == {"log 0"}
    assert result.exchanges[0].response.log is not None


def test_log_that_is_read_later_must_name_its_implementation(
    checks: Checks, small: Collection
) -> None:
    fake = LoggedFake()
    with serving(fake) as url:
        made = prepared(fake, url, "one")
        other = replace(made, target=replace(made.target, implementation="other"))
        [result] = run(checks, small, other).results

    assert result.verdict is Verdict.FAILED
    found = {(each.where, each.expected, each.got) for each in result.mismatches}
    assert found == {
        ("log 0 /implementation", "other", "fake"),
        ("log 1 /implementation", "other", "fake"),
    }


def test_each_step_of_a_relay_must_name_its_own_implementation(
    checks: Checks, small: Collection
) -> None:
    one = LoggedFake()
    other = LoggedFake(store=one.store)
    with serving(one) as left, serving(other) as right:
        other.base = one.base
        prepared_targets = [prepared(one, left, "one"), prepared(other, right, "other")]
        prepared_targets = [
            replace(each, target=replace(each.target, implementation=name))
            for each, name in zip(prepared_targets, ("fake", "wrong"), strict=True)
        ]
        chosen = small.choose(["journeys/asset-life"])
        result = Runner(checks, prepared_targets, lambda _: None, "0badcafe").run(
            chosen
        )

    found = [
        mismatch
        for each in result.relays
        for mismatch in each.mismatches
        if mismatch.where.endswith("/implementation")
    ]
    assert len(result.relays) == 2
    assert {(each.expected, each.got) for each in found} == {("wrong", "fake")}


def test_pair_names_the_target_whose_log_cannot_be_read(
    checks: Checks, small: Collection
) -> None:
    fake = LoggedFake()
    with serving(fake) as url:
        one = prepared(fake, url, "one")
        blind = replace(prepared(fake, url, "two"), logs=None, no_logs="no stack")
        mute = replace(
            prepared(fake, url, "three"), logs=LogReader(Refusing(), ["g"], LOGS)
        )
        result = run(checks, small, one, blind, mute)

    shown = [note.partition(" cannot be read: ") for note in result.notes]
    assert [(who, why[:8]) for who, _, why in shown] == [
        ("two: log events", "no stack"),
        ("three: log events", "An error"),
    ]
    assert [pair.verdict for pair in result.pairs] == 3 * [Verdict.PASSED]


def test_single_target_without_logs_prints_no_warning(
    checks: Checks, small: Collection
) -> None:
    fake = LoggedFake()
    with serving(fake) as url:
        blind = replace(prepared(fake, url, "one"), logs=None)
        assert run(checks, small, blind).notes == ()


def test_lambda_target_returns_its_log_with_the_response(
    checks: Checks, small: Collection
) -> None:
    fake = LoggedFake()
    with serving(fake) as url:
        one, two = prepared(fake, url, "one"), prepared(fake, url, "two")
        invoked = replace(two, target=replace(two.target, url="lambda:f"), logs=None)
        result = run(checks, small, one, invoked)

    assert result.notes == ()
    assert [pair.verdict for pair in result.pairs] == [Verdict.PASSED]


def test_requests_without_a_log_are_counted(
    checks: Checks, small: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = LoggedFake()
    monkeypatch.setattr(fake, "filter_log_events", lambda **_: {"events": []})
    with serving(fake) as url:
        result = run(checks, small, prepared(fake, url, "a"), prepared(fake, url, "b"))

    assert result.notes == ("the log events of 2 requests were not found",)
    assert result.pairs[0].verdict is Verdict.PASSED


def test_request_without_a_response_waits_for_no_log(
    checks: Checks, small: Collection
) -> None:
    fake = LoggedFake("hangs up")
    with serving(fake) as url:
        result = run(checks, small, prepared(fake, url, "a"), prepared(fake, url, "b"))

    [pair] = result.pairs
    assert (pair.verdict, pair.exchanges) == (Verdict.ERRORED, (None, None))
    assert result.notes == ()
