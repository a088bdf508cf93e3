"""The report of the properties, and what makes a rehearsal fail."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from lab.rehearsal.deploy import check_known_gaps, main, run_rehearsal
from lab.rehearsal.environment import Environment, differences
from lab.rehearsal.flatten import MISSING
from lab.rehearsal.known_gaps import KnownGap, KnownGaps
from lab.rehearsal.properties import Property, PropertyVerdict
from lab.rehearsal.read_back import counts_line, print_properties
from local.command import run
from local.emulator.clients import Clients

MATCH = Property("Users", "Keys/0", 1, 1, PropertyVerdict.MATCHES)
LOST = Property("Users", "Ttl/Name", "ttl", "other", PropertyVerdict.LOST)
BLIND = Property("Users", "Days", 35, MISSING, PropertyVerdict.UNEXAMINED)
KNOWN = Property(
    "Users", "Days", 35, MISSING, PropertyVerdict.NOT_EMULATED, "it forgets them"
)


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(Clients("http://127.0.0.1:1"), {}, tmp_path, 1, KnownGaps(()))


def test_every_count_is_in_the_report_zero_included() -> None:
    words = counts_line(
        Counter({PropertyVerdict.MATCHES: 3, PropertyVerdict.NOT_EMULATED: 1})
    )

    assert words == (
        "4 values: 3 matches, 0 applied afterwards, 1 not emulated, 0 lost,"
        " 0 unexamined, 0 not in the template"
    )


def test_a_match_and_a_known_gap_are_no_fault(
    environment: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    print_properties(environment, "s", [MATCH, KNOWN])

    assert environment.faults == []
    assert "it forgets them" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("one", "line"),
    [
        (LOST, "Ttl/Name: wanted 'ttl', found 'other'"),
        (BLIND, "Days: wanted 35, found nothing"),
    ],
)
def test_a_lost_or_unexamined_value_is_a_fault_with_both_values(
    environment: Environment,
    capsys: pytest.CaptureFixture[str],
    one: Property,
    line: str,
) -> None:
    print_properties(environment, "s", [MATCH, one])

    assert environment.faults == [f"s {one.name}: {one.verdict}"]
    assert line in capsys.readouterr().out


def test_a_known_gap_that_did_not_occur_is_a_fault(environment: Environment) -> None:
    environment.known_gaps = KnownGaps((KnownGap("Users/Days", "it forgets them"),))

    check_known_gaps(environment)

    (fault,) = environment.faults
    assert fault.startswith("not-emulated.yaml: Users/Days no longer occurs")


def test_a_failed_check_is_a_fault_and_a_passed_one_is_counted(
    environment: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.expect("no item is lost", passed=True, detail="3 users")
    environment.expect("no request is lost", passed=False, detail="1 lost")

    assert (environment.passed, environment.faults) == (
        1,
        ["no request is lost: 1 lost"],
    )
    assert capsys.readouterr().out.splitlines() == [
        "  ok      no item is lost: 3 users",
        "  FAILED  no request is lost: 1 lost",
    ]


def test_differences_are_changed_added_and_removed_values() -> None:
    before = {"A": {"x": 1, "y": 2}, "B": {"z": 3}}
    after = {"A": {"x": 1, "y": 4}, "C": {"w": 5}}

    assert differences(before, after) == ["A/y", "B/z", "C/w"]
    assert differences(before, before) == []


@pytest.mark.parametrize(
    ("faults", "code", "line"),
    [
        ([], 2, "rehearse: the cloud is gone"),
        (
            ["no item is lost: 1 lost"],
            1,
            "FAILED stopped early: the cloud is gone",
        ),
    ],
)
def test_faults_before_an_error_are_reported_and_decide_the_exit_code(
    environment: Environment,
    capsys: pytest.CaptureFixture[str],
    faults: list[str],
    code: int,
    line: str,
) -> None:
    def breaks(environment: Environment) -> None:
        environment.faults += faults
        raise OSError("the cloud is gone")

    def rehearse() -> int:
        return run_rehearsal(environment.folder, lambda _: environment, breaks)

    assert run("rehearse", rehearse, (OSError,)) == code

    output = capsys.readouterr()
    lines = [*output.err.splitlines(), *output.out.splitlines()]
    assert line in lines
    assert [each for each in lines if "FAILED no" in each] == [
        f"FAILED {fault}" for fault in faults
    ]


@pytest.mark.parametrize("arguments", [["--port", "99999"], ["--cloud-port", "99999"]])
def test_an_impossible_port_is_one_line_and_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(arguments)

    setting = arguments[0].removeprefix("--").replace("-", "_").upper()
    assert code == 2
    assert capsys.readouterr().err == (
        f"rehearse: {setting}: 99999 is no port; choose another with {setting}\n"
    )
