"""What an emulator does otherwise: excused there, told once it is gone, rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contract.suite.cli import main
from contract.suite.emulators import lint_emulators, read_emulator, render_page
from contract.suite.errors import FileFault, UsageError
from contract.suite.openapi import Contract

if TYPE_CHECKING:
    from pathlib import Path

FILE = """\
title: A gateway by a tool
version: tool 1.0
differences:
  - {what: it shouts, aws: AWS whispers, basis: emulator, cases: [getUser/a]}
  - {what: it has no alias, aws: AWS has one, basis: documented}
"""


@pytest.fixture
def emulated(small_contract: Path) -> Contract:
    folder = small_contract / "emulators"
    folder.mkdir()
    (folder / "tool.yaml").write_text(FILE, "utf-8")
    return Contract(small_contract)


def test_cases_of_a_difference_are_excused_without_an_end(emulated: Contract) -> None:
    (excused,) = read_emulator(emulated, "tool")

    assert excused.cases == ("getUser/a",)
    assert (
        excused.told
        == "it shouts: AWS whispers (shown on an emulator of AWS on this machine)"
    )


def test_unknown_emulator_is_refused_with_those_there_are(emulated: Contract) -> None:
    with pytest.raises(UsageError, match="--emulator nothing: known are tool"):
        read_emulator(emulated, "nothing")


def test_id_of_no_case_is_told(emulated: Contract) -> None:
    assert [each.what for each in lint_emulators(emulated, set())] == [
        "matches no case"
    ]
    assert list(lint_emulators(emulated, {"getUser/a"})) == []


def test_file_that_is_none_is_told(emulated: Contract) -> None:
    path = emulated.root / "emulators" / "tool.yaml"
    path.write_text("title: x\n", "utf-8")

    assert list(lint_emulators(emulated, set()))
    with pytest.raises(FileFault):
        read_emulator(emulated, "tool")


def test_page_has_a_row_for_each_difference(
    emulated: Contract, capsys: pytest.CaptureFixture[str]
) -> None:
    page = emulated.root.parent / "docs" / "emulators.md"
    page.parent.mkdir(exist_ok=True)
    arguments = ["--contract", str(emulated.root), "emulators"]

    assert main([*arguments, "--check"]) == 1
    assert "run parity emulators" in capsys.readouterr().out
    assert main(arguments) == 0
    assert main([*arguments, "--check"]) == 0
    text = page.read_text("utf-8")
    assert text == render_page(emulated)
    assert "| it shouts | AWS whispers | emulator | `getUser/a` |" in text
    assert "| it has no alias | AWS has one | documented | none |" in text
