from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from contract.suite.exchanges import Exchange, Key, Request, Response
from contract.suite.matching import MISSING, Mismatch
from contract.suite.printer import ProgressLine, closing_line, print_run, shown
from contract.suite.report import json_report, junit
from contract.suite.results import LeftOut, Result, Run, Verdict
from contract.suite.targets import Target

if TYPE_CHECKING:
    from contract.suite.openapi import Contract

EXCHANGE = Exchange(
    "listUsers",
    Request("GET", "/users", "limit=0\n", (("a", "b"),)),
    Response(400, (("c", "d"),), b'{"e":\xff}'),
    1,
    2,
    3,
    stored={Key("users", "A"): {"name": "x"}, Key("users", "B"): None},
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
EXCUSED = Result("getUser/b", "x", Verdict.EXCUSED, 1)
LEFT = LeftOut("getUser/c", "x", "nothing may be written here")
RUN = Run(
    "0badcafe",
    5,
    4_149,
    ("x",),
    (PASSED, FAILED, ERRORED, EXCUSED),
    (LEFT,),
    notes=("note",),
)


def test_everything_about_what_is_not_well() -> None:
    out = io.StringIO()

    print_run(RUN, {"x": "--target x"}, out)

    assert out.getvalue() == (
        "FAILED listUsers/refuses-a-limit-of-0   [x]\n"
        "  status        expected 200   got 400\n"
        '  body /errors  unexpected     [{"a": "\\ud800\\u0000"}]\n'
        '  body /name    missing        "x"   (a rule)\n'
        "  sent          GET /users?limit=0\\n\n"
        '  answered      400 {"e":\\xff}\n'
        "  rerun: parity check --target x --case listUsers/refuses-a-limit-of-0\n"
        "ERRORED journeys/a step s   [x]\n"
        "  suite         no tables\n"
        "  rerun: parity check --target x --case journeys/a\n"
        "note\n"
        "3 cases, 1 journey, 1 target: 1 passed, 1 failed, 1 excused, 1 errored (4.1 s)"
        "; 1 left out (nothing may be written here)\n"
    )


@pytest.mark.parametrize(
    ("results", "line"),
    [
        ((), "0 cases, 1 target: 0 passed, 0 failed, 0 excused (0.0 s)"),
        ((PASSED,), "1 case, 1 target: 1 passed, 0 failed, 0 excused (0.0 s)"),
        (
            (Result("journeys/a", "x", Verdict.STALE, 1),),
            "1 journey, 1 target: 0 passed, 0 failed, 0 excused, 1 stale (0.0 s)",
        ),
    ],
)
def test_closing_line_counts(results: tuple[Result, ...], line: str) -> None:
    assert closing_line(Run("0badcafe", 0, 0, ("x",), results)) == line


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ((PASSED, EXCUSED), 0),
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
        "\r\x1b[K2 of 2, 1 not well   listUsers/refuses-a-limit-of-0"
        "\r\x1b[K"
    )


def test_progress_is_silent_elsewhere() -> None:
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
    assert failed["mismatches"][2]["rule"] == "a rule"
    assert failed["exchanges"][0]["stored"] == {
        "users A": {"name": "x"},
        "users B": None,
    }
    assert (errored["step"], errored["error"]) == ("s", "no tables")
    assert report["targets"][0]["basis"] == "emulator"
    assert "exchanges" not in report["results"][0]


def test_junit_tells_failures_errors_and_what_was_skipped() -> None:
    [suite] = junit(RUN)

    counts = {
        name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")
    }
    assert counts == {"tests": "5", "failures": "1", "errors": "1", "skipped": "2"}
    passed, failed, errored, excused, left = suite
    assert (passed.get("classname"), passed.get("name"), len(passed)) == (
        "getUser",
        "a",
        0,
    )
    assert [each[0].tag for each in (failed, errored, excused, left)] == [
        "failure",
        "error",
        "skipped",
        "skipped",
    ]
    assert failed[0].get("message") == "status        expected 200   got 400"
    assert left[0].get("message") == "nothing may be written here"
