"""What is told of the properties, and what makes a rehearsal fail."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from lab.rehearsal.deploy import check_ledger, main, play
from lab.rehearsal.leaves import MISSING
from lab.rehearsal.ledger import Entry, Ledger
from lab.rehearsal.properties import Mark, Property
from lab.rehearsal.reading import in_words, tell
from lab.rehearsal.stage import Stage, differences
from local.command import run
from local.emulator.clients import Clients

HELD = Property("Users", "Keys/0", 1, 1, Mark.HELD)
LOST = Property("Users", "Ttl/Name", "ttl", "other", Mark.LOST)
BLIND = Property("Users", "Days", 35, MISSING, Mark.UNEXAMINED)
EXCUSED = Property("Users", "Days", 35, MISSING, Mark.NOT_EMULATED, "it forgets them")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(Clients("http://127.0.0.1:1"), {}, tmp_path, 1, Ledger(()))


def test_every_count_is_told_also_that_none_was_unexamined() -> None:
    words = in_words(Counter({Mark.HELD: 3, Mark.NOT_EMULATED: 1}))

    assert words == (
        "4 values: 3 held, 0 applied afterwards, 1 not emulated, 0 lost,"
        " 0 unexamined, 0 not in the template"
    )


def test_what_is_held_or_excused_with_its_cause_is_no_fault(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(stage, "s", [HELD, EXCUSED])

    assert stage.faults == []
    assert "it forgets them" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (LOST, "Ttl/Name: wanted 'ttl', found 'other'"),
        (BLIND, "Days: wanted 35, found nothing"),
    ],
)
def test_what_differs_or_was_not_seen_is_a_fault_with_both_values(
    stage: Stage, capsys: pytest.CaptureFixture[str], one: Property, told: str
) -> None:
    tell(stage, "s", [HELD, one])

    assert stage.faults == [f"s {one.name}: {one.mark}"]
    assert told in capsys.readouterr().out


def test_an_entry_that_nothing_needed_is_a_fault(stage: Stage) -> None:
    stage.ledger = Ledger((Entry("Users/Days", "it forgets them"),))

    check_ledger(stage)

    (fault,) = stage.faults
    assert fault.startswith("not-emulated.yaml: nothing needs Users/Days")


def test_a_fact_that_does_not_hold_is_a_fault_and_one_that_holds_is_counted(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.expect("no item is lost", held=True, detail="3 users")
    stage.expect("no request is lost", held=False, detail="1 lost")

    assert (stage.held, stage.faults) == (1, ["no request is lost: 1 lost"])
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
    stage: Stage,
    capsys: pytest.CaptureFixture[str],
    faults: list[str],
    code: int,
    line: str,
) -> None:
    def breaks(stage: Stage) -> None:
        stage.faults += faults
        raise OSError("the cloud is gone")

    def rehearse() -> int:
        return play(stage.place, lambda _: stage, breaks)

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
