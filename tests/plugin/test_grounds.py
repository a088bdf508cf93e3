"""A report lists the statements about AWS that its verdict relies on."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest

from tests.plugin.page_made import RUN, TARGETS, Reader
from twinproof.cases.statements import Standing, Statement
from twinproof.contract.openapi import Contract
from twinproof.report.console import closing_line, print_run
from twinproof.report.files import json_report
from twinproof.report.html.checked import check_page
from twinproof.run.grounds import grounds_line, grounds_of
from twinproof.run.results import Evidence, Result, Run, Shown, Verdict
from twinproof.targets.target import Target

STATEMENTS = {
    one.statement_id: one
    for one in (
        Statement(
            "blue", "S3 is blue", Standing.DOCUMENTED, "https://aws.amazon.com/a"
        ),
        Statement("loud", "S3 is loud", Standing.CAPTURED, "https://example.com/b"),
        Statement("round", "S3 is round", Standing.ASSUMED, "", "curl x", "a ball"),
        Statement("flat", "S3 is flat", Standing.ASSUMED, "", "curl y", "a disc"),
        Statement("unused", "S3 is", Standing.ASSUMED, "", "curl z", "it"),
    )
}
CITED = {
    "getUser/a": frozenset({"blue", "round"}),
    "getUser/b": frozenset({"flat", "loud"}),
    "getUser/c": frozenset({"round"}),
}


def result(
    full_id: str, target: str, verdict: str, evidence: Evidence = Evidence.AWS
) -> Result:
    return Result(full_id, target, Verdict(verdict), 1, evidence=evidence)


def run_of(*results: Result, targets: tuple[str, ...] = ("live",)) -> Run:
    run = Run("0badcafe", 1_771_000_000_000, 0, targets, results)
    return replace(run, grounds=grounds_of(run, CITED, STATEMENTS))


def shown(run: Run, target: str = "live") -> dict[str, Shown]:
    return {each.statement.statement_id: each.shown[target] for each in run.grounds}


def test_case_that_passes_on_aws_confirms_its_statements() -> None:
    run = run_of(
        result("getUser/a", "live", "passed"), result("getUser/b", "live", "failed")
    )

    assert shown(run) == {
        "blue": Shown.CONFIRMED,
        "loud": Shown.CONTRADICTED,
        "round": Shown.CONFIRMED,
        "flat": Shown.CONTRADICTED,
    }
    assert grounds_line(run) == (
        "rests on 4 statements about AWS (aws.yaml): 1 documented, 1 captured, "
        "2 assumed; live confirms 1 of the assumed, contradicts flat"
    )


def test_one_failed_case_outweighs_passed_ones() -> None:
    run = run_of(
        result("getUser/a", "live", "passed"), result("getUser/c", "live", "failed")
    )

    assert shown(run)["round"] is Shown.CONTRADICTED


def test_errored_case_confirms_nothing() -> None:
    run = run_of(result("getUser/c", "live", "errored"))

    assert shown(run) == {"round": Shown.NOT_SHOWN}
    assert grounds_line(run) == (
        "rests on 1 statement about AWS (aws.yaml): 1 assumed; live confirms 0 of the "
        "assumed, does not show 1"
    )


@pytest.mark.parametrize("evidence", [Evidence.EMULATOR, Evidence.OWN_CODE])
def test_stand_in_confirms_nothing_and_the_line_reports_it(evidence: Evidence) -> None:
    run = run_of(result("getUser/c", "live", "passed", evidence))

    assert shown(run) == {"round": Shown.NOT_AWS}
    assert grounds_line(run).endswith("; not AWS, so nothing of it is confirmed: live")


def test_line_has_a_part_for_each_target() -> None:
    run = run_of(
        result("getUser/c", "live", "passed"),
        result("getUser/c", "here", "passed", Evidence.EMULATOR),
        targets=("here", "live"),
    )

    assert grounds_line(run).endswith(
        "1 assumed; live confirms 1 of the assumed; not AWS, so nothing of it is "
        "confirmed: here"
    )


def test_run_without_statements_prints_no_line() -> None:
    run = run_of(result("getUser/other", "live", "passed"))
    out = io.StringIO()

    print_run(run, {"live": ""}, out)

    assert out.getvalue() == f"{closing_line(run)}\n"


def test_line_is_printed_before_the_closing_line() -> None:
    run = run_of(result("getUser/c", "live", "passed"))
    out = io.StringIO()

    print_run(run, {"live": ""}, out)

    assert out.getvalue() == f"{grounds_line(run)}\n{closing_line(run)}\n"


def test_json_names_each_statement_with_its_source_and_cases(
    contract: Contract,
) -> None:
    run = run_of(
        result("getUser/a", "live", "passed"), result("getUser/c", "live", "failed")
    )

    report = json_report(run, [Target("live", "https://api.example")], "1.0.0")

    assert contract.schemas.faults("formats/report.json", report) == []
    blue, ball = report["aws"]
    assert blue == {
        "id": "blue",
        "says": "S3 is blue",
        "standing": "documented",
        "link": "https://aws.amazon.com/a",
        "cases": ["getUser/a"],
        "shown": {"live": "confirmed"},
    }
    assert (ball["command"], ball["expect"]) == ("curl x", "a ball")
    assert ball["shown"] == {"live": "contradicted"}


def test_page_shows_the_statements_of_the_run() -> None:
    cites: dict[str, Any] = {"createUser/fails": frozenset({"round", "blue"})}
    run = replace(RUN, grounds=grounds_of(RUN, cites, STATEMENTS))

    page = Reader(check_page(run, TARGETS, "1.0.0"))

    assert page.row("blue")[2] == "documented"
    assert page.row("round")[2] == "assumed; curl x must give a ball"
    assert page.row("round")[3:] == ["1", "not asked of AWS", "not asked of AWS"]
    assert ("href", "https://aws.amazon.com/a") in page.attributes
