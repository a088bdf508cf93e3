"""What is told of the properties, and what makes a rehearsal fail."""

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

HELD = Property("Users", "Keys/0", 1, 1, PropertyVerdict.MATCHES)
LOST = Property("Users", "Ttl/Name", "ttl", "other", PropertyVerdict.LOST)
BLIND = Property("Users", "Days", 35, MISSING, PropertyVerdict.UNEXAMINED)
EXCUSED = Property(
    "Users", "Days", 35, MISSING, PropertyVerdict.NOT_EMULATED, "it forgets them"
)


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(Clients("http://127.0.0.1:1"), {}, tmp_path, 1, KnownGaps(()))


def test_every_count_is_told_also_that_none_was_unexamined() -> None:
    words = counts_line(
        Counter({PropertyVerdict.MATCHES: 3, PropertyVerdict.NOT_EMULATED: 1})
    )

    assert words == (
        "4 values: 3 matches, 0 applied afterwards, 1 not emulated, 0 lost,"
        " 0 unexamined, 0 not in the template"
    )


def test_what_is_held_or_excused_with_its_cause_is_no_fault(
    environment: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    print_properties(environment, "s", [HELD, EXCUSED])

    assert environment.faults == []
    assert "it forgets them" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (LOST, "Ttl/Name: wanted 'ttl', found 'other'"),
        (BLIND, "Days: wanted 35, found nothing"),
    ],
)
def test_what_differs_or_was_not_seen_is_a_fault_with_both_values(
    environment: Environment,
    capsys: pytest.CaptureFixture[str],
    one: Property,
    told: str,
) -> None:
    print_properties(environment, "s", [HELD, one])

    assert environment.faults == [f"s {one.name}: {one.verdict}"]
    assert told in capsys.readouterr().out


def test_an_entry_that_nothing_needed_is_a_fault(environment: Environment) -> None:
    environment.known_gaps = KnownGaps((KnownGap("Users/Days", "it forgets them"),))

    check_known_gaps(environment)

    (fault,) = environment.faults
    assert fault.startswith("not-emulated.yaml: nothing needs Users/Days")


def test_a_fact_that_does_not_hold_is_a_fault_and_one_that_holds_is_counted(
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


def test_differences_are_what_changed_came_or_went() -> None:
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
            "FAILED it goes no further: the cloud is gone",
        ),
    ],
)
def test_what_was_found_before_an_error_is_told_and_counts(
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

    told = capsys.readouterr()
    said = [*told.err.splitlines(), *told.out.splitlines()]
    assert line in said
    assert [each for each in said if "FAILED no" in each] == [
        f"FAILED {fault}" for fault in faults
    ]


@pytest.mark.parametrize("arguments", [["--port", "99999"], ["--cloud-port", "99999"]])
def test_a_port_that_cannot_be_is_one_line_and_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(arguments)

    setting = arguments[0].removeprefix("--").replace("-", "_").upper()
    assert code == 2
    assert capsys.readouterr().err == (
        f"rehearse: {setting}: 99999 is no port; choose another with {setting}\n"
    )
