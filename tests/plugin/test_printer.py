from __future__ import annotations

import io
from dataclasses import replace

import pytest

from contract.plugin.keys import user_key
from twinproof.cases.matching import MISSING, Mismatch
from twinproof.contract.openapi import Contract
from twinproof.exchange.model import Exchange, Request, Response
from twinproof.report.console import ProgressLine, closing_line, print_run, shown
from twinproof.report.files import json_report, junit
from twinproof.run.results import LeftOut, Pair, Result, Run, Verdict
from twinproof.targets.target import Target

EXCHANGE = Exchange(
    "listUsers",
    Request("GET", "/users", "limit=0\n", (("a", "b"),)),
    Response(400, (("c", "d"),), b'{"e":\xff}'),
    1,
    2,
    3,
    stored={user_key("A"): {"name": "x"}, user_key("B"): None},
    events=({"event": "request"},),
)
FAILED = Result(
    "listUsers/refuses-a-limit-of-0",
    "x",
    Verdict.FAILED,
    7,
    (
        Mismatch("status", 200, 400),
        Mismatch("body /errors", MISSING, [{"a": "\ud800\x00"}]),
        Mismatch("body /name", "x", MISSING, "a rule"),
    ),
    (EXCHANGE,),
)
ERRORED = Result("journeys/a", "x", Verdict.ERRORED, 1, step="s", error="no tables")
PASSED = Result("getUser/a", "x", Verdict.PASSED, 1)
KNOWN = Result("getUser/b", "x", Verdict.KNOWN, 1)
LEFT = LeftOut("getUser/c", "x", "nothing may be written here")
RUN = Run(
    "0badcafe",
    5,
    4_149,
    ("x",),
    (PASSED, FAILED, ERRORED, KNOWN),
    (LEFT,),
    notes=("note",),
)


def test_failure_and_error_are_printed_in_full() -> None:
    out = io.StringIO()

    print_run(RUN, {"x": "--target x"}, out)

    assert out.getvalue() == (
        "FAILED listUsers/refuses-a-limit-of-0   [x]\n"
        "  status        expected 200   got 400\n"
        '  body /errors  unexpected     [{"a": "\\ud800\\u0000"}]\n'
        '  body /name    missing        "x"   (a rule)\n'
        "  sent          GET /users?limit=0\\n\n"
        '  answered      400 {"e":\\xff}\n'
        "  rerun: twinproof check --target x --case listUsers/refuses-a-limit-of-0\n"
        "ERRORED journeys/a step s   [x]\n"
        "  error         no tables\n"
        "  rerun: twinproof check --target x --case journeys/a\n"
        "note\n"
        "3 cases, 1 journey, 1 target: 1 passed, 1 failed, 1 known, 1 errored (4.1 s)"
        "; 1 left out (nothing may be written here)\n"
    )


DIFFERS = Pair(
    "listUsers/refuses-a-limit-of-0",
    ("python", "ts"),
    Verdict.FAILED,
    1,
    (Mismatch("status", 400, 200), Mismatch("header etag", MISSING, '"1"')),
    (EXCHANGE, None),
)
RELAY = Result(
    "journeys/a", "ts then python", Verdict.PASSED, 1, relay=("ts", "python")
)
TWO_TARGETS = Run(
    "0badcafe",
    5,
    100,
    ("python", "ts"),
    (replace(PASSED, target="ts"),),
    pairs=(
        DIFFERS,
        Pair("getUser/a", ("python", "ts"), Verdict.ERRORED, 0, error="no tables"),
        Pair("getUser/b", ("python", "ts"), Verdict.KNOWN, 0, error="why"),
    ),
    relays=(RELAY, replace(RELAY, verdict=Verdict.STALE, error="it is gone")),
)


def test_pair_shows_both_values_and_both_exchanges() -> None:
    out = io.StringIO()
    reruns = {"python": "--target python=U", "ts": "--target ts=V"}

    print_run(TWO_TARGETS, reruns, out, "--stack s")

    rerun = "  rerun: twinproof check --target python=U --target ts=V --stack s --case"
    assert out.getvalue() == (
        "FAILED listUsers/refuses-a-limit-of-0   [python | ts]\n"
        "  status        python 400\n"
        "                ts     200\n"
        "  header etag   python nothing\n"
        '                ts     "\\"1\\""\n'
        "  python\n"
        "  sent          GET /users?limit=0\\n\n"
        '  answered      400 {"e":\\xff}\n'
        f"{rerun} listUsers/refuses-a-limit-of-0\n"
        "ERRORED getUser/a   [python | ts]\n"
        "  error         no tables\n"
        f"{rerun} getUser/a\n"
        "STALE journeys/a   [ts then python]\n"
        "  stale         it is gone\n"
        "  rerun: twinproof check --target ts=V --target python=U --stack s --case "
        "journeys/a\n"
        "1 case, 2 targets, 3 pairs, 2 relays: 2 passed, 1 failed, 1 known, 1 stale, "
        "1 errored (0.1 s)\n"
    )


def test_report_has_pairs_and_relays(contract: Contract) -> None:
    targets = [Target(name, "http://127.0.0.1:1") for name in ("python", "ts")]

    report = json_report(TWO_TARGETS, targets, "1.0.0")

    assert contract.schemas.faults("formats/report.json", report) == []
    assert report["counts"] == {
        "passed": 2,
        "failed": 1,
        "known": 1,
        "stale": 1,
        "errored": 1,
    }
    failed, errored, known = report["pairs"]
    assert failed["differences"] == [
        {"where": "status", "left": 400, "right": 200},
        {"where": "header etag", "right": '"1"'},
    ]
    assert failed["exchanges"][0]["response"]["status"] == 400
    assert failed["exchanges"][1] is None
    assert (errored["error"], known["error"]) == ("no tables", "why")
    assert report["relays"][0]["relay"] == ["ts", "python"]
    assert report["results"][0]["evidence"] in report["evidence"]


def test_junit_has_a_testsuite_for_each_pair_and_each_relay() -> None:
    suites = {suite.get("name"): suite for suite in junit(TWO_TARGETS)}

    assert list(suites) == ["python", "ts", "python | ts", "ts then python"]
    counts = [
        [suite.get(name) for name in ("tests", "failures", "errors", "skipped")]
        for suite in suites.values()
    ]
    assert counts == [
        ["0", "0", "0", "0"],
        ["1", "0", "0", "0"],
        ["3", "1", "1", "1"],
        ["2", "1", "0", "0"],
    ]
    failure, _, skipped = (test[0] for test in suites["python | ts"])
    assert failure.get("message") == "status        python 400"
    assert (skipped.tag, skipped.get("message")) == ("skipped", "why")


@pytest.mark.parametrize(
    ("results", "line"),
    [
        ((), "0 cases, 1 target: 0 passed, 0 failed, 0 known (0.0 s)"),
        ((PASSED,), "1 case, 1 target: 1 passed, 0 failed, 0 known (0.0 s)"),
        (
            (Result("journeys/a", "x", Verdict.STALE, 1),),
            "1 journey, 1 target: 0 passed, 0 failed, 0 known, 1 stale (0.0 s)",
        ),
    ],
)
def test_closing_line_counts(results: tuple[Result, ...], line: str) -> None:
    assert closing_line(Run("0badcafe", 0, 0, ("x",), results)) == line


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ((PASSED, KNOWN), 0),
        ((PASSED, FAILED, ERRORED), 1),
        ((Result("a/b", "x", Verdict.STALE, 1),), 1),
        ((PASSED, ERRORED), 2),
        ((), 2),
    ],
)
def test_exit_code_is_the_worst_that_happened(
    results: tuple[Result, ...], code: int
) -> None:
    assert Run("0badcafe", 0, 0, ("x",), results).exit_code == code


def test_long_value_is_cut_with_its_length() -> None:
    assert shown("a" * 400) == f'"{"a" * 299}… (402 characters)'
    assert shown(MISSING) == "nothing"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_and_taken_away() -> None:
    out = Terminal()
    line = ProgressLine(2, out)

    line(PASSED)
    line(FAILED)
    line.clear()

    assert out.getvalue() == (
        "\r\x1b[K1 of 2   getUser/a"
        "\r\x1b[K2 of 2, 1 failed   listUsers/refuses-a-limit-of-0"
        "\r\x1b[K"
    )


def test_progress_is_silent_without_a_terminal() -> None:
    out = io.StringIO()
    line = ProgressLine(1, out)

    line(PASSED)
    line.clear()

    assert out.getvalue() == ""


def test_report_fits_its_format(contract: Contract) -> None:
    target = Target("x", "http://127.0.0.1:1", writes="any")

    report = json_report(RUN, [target], "1.0.0")

    assert contract.schemas.faults("formats/report.json", report) == []
    failed, errored = report["results"][1:3]
    assert failed["mismatches"][1] == {
        "where": "body /errors",
        "got": [{"a": "\ud800\x00"}],
    }
    assert failed["mismatches"][2]["check"] == "a rule"
    assert failed["exchanges"][0]["stored"] == {
        "users A": {"name": "x"},
        "users B": None,
    }
    assert (errored["step"], errored["error"]) == ("s", "no tables")
    assert report["targets"][0]["evidence"] == "emulator"
    assert "exchanges" not in report["results"][0]


def test_junit_counts_failures_errors_and_skipped_cases() -> None:
    [suite] = junit(RUN)

    counts = {
        name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")
    }
    assert counts == {"tests": "5", "failures": "1", "errors": "1", "skipped": "2"}
    passed, failed, errored, known, left = suite
    assert (passed.get("classname"), passed.get("name"), len(passed)) == (
        "getUser",
        "a",
        0,
    )
    assert [each[0].tag for each in (failed, errored, known, left)] == [
        "failure",
        "error",
        "skipped",
        "skipped",
    ]
    assert failed[0].get("message") == "status        expected 200   got 400"
    assert left[0].get("message") == "nothing may be written here"
