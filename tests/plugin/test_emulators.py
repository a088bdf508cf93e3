"""Differences of an emulator are known failures there, and are rendered in docs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.conftest import prepared_of
from tests.plugin.fake_http import serving
from tests.plugin.fake_service import Fake
from twinproof.cases.model import Collection
from twinproof.checks.checks import Checks
from twinproof.commands.cli import main
from twinproof.contract.openapi import Contract
from twinproof.errors import FileFault, UsageError
from twinproof.run.emulators import lint_emulators, not_run, read_emulator, render_page
from twinproof.run.runner import Runner

FILE = """\
title: A gateway by a tool
version: tool 1.0
differences:
  - {what: it shouts, aws: whispers, seen: {status: 500}, cases: [getUser/a]}
  - {what: it has no alias, aws: has-an-alias}
  - {what: it has no limit, aws: has-an-alias, notRun: [getUser/b]}
"""
STATEMENTS = """\
citedIn: []
statements:
  whispers: {says: AWS whispers, standing: assumed, command: curl, expect: a whisper}
  has-an-alias: {says: AWS has one, standing: documented, link: "https://docs.aws.amazon.com/a"}
"""


@pytest.fixture
def emulated(small_contract: Path) -> Contract:
    folder = small_contract / "emulators"
    folder.mkdir()
    (folder / "tool.yaml").write_text(FILE, "utf-8")
    (small_contract / "aws.yaml").write_text(STATEMENTS, "utf-8")
    return Contract(small_contract)


def test_cases_of_a_difference_are_known_without_an_end_date(
    emulated: Contract,
) -> None:
    (known,) = read_emulator(emulated, "tool")

    assert known.cases == ("getUser/a",)
    assert known.seen == {"status": 500}
    assert (
        known.explanation
        == "it shouts: AWS whispers (shown on an emulator of AWS on this machine)"
    )


def test_message_about_an_unknown_emulator_lists_the_known_ones(
    emulated: Contract,
) -> None:
    with pytest.raises(UsageError, match="--emulator nothing: known are tool"):
        read_emulator(emulated, "nothing")


def test_id_without_a_case_is_reported(emulated: Contract) -> None:
    assert [str(each) for each in lint_emulators(emulated, set())] == [
        "emulators/tool.yaml: getUser/a: matches no case",
        "emulators/tool.yaml: getUser/b: matches no case",
    ]
    assert list(lint_emulators(emulated, {"getUser/a", "getUser/b"})) == []


def test_case_that_an_emulator_cannot_run_is_left_out_with_the_reason(
    emulated: Contract,
) -> None:
    assert not_run(emulated, "tool") == {"getUser/b": "it has no limit"}


def test_runner_leaves_out_the_given_cases(checks: Checks, small: Collection) -> None:
    case = next(each for each in small.cases if each.call.operation == "getHealth")
    why = {case.full_id: "it has no limit"}

    with serving(Fake()) as url:
        runner = Runner(
            checks, [prepared_of(Fake(), url)], lambda _: None, "0badcafe", not_run=why
        )
        run = runner.run(small.choose([case.full_id]))

    assert run.results == ()
    assert [(each.full_id, each.why) for each in run.left_out] == [*why.items()]


def test_difference_from_an_unknown_statement_is_reported(
    emulated: Contract,
) -> None:
    (emulated.root / "aws.yaml").unlink()

    with pytest.raises(FileFault, match=r"aws\.yaml has no such statement"):
        read_emulator(emulated, "tool")


def test_invalid_file_is_reported(emulated: Contract) -> None:
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
    assert "run twinproof emulators" in capsys.readouterr().out
    assert main(arguments) == 0
    assert main([*arguments, "--check"]) == 0
    text = page.read_text("utf-8")
    assert text == render_page(emulated)
    statement = "AWS whispers (assumed; `curl` must give a whisper)"
    has = "AWS has one ([documented](https://docs.aws.amazon.com/a))"
    assert f"| it shouts | {statement} | status `500` | `getUser/a` |" in text
    assert f"| it has no alias | {has} |  | none |" in text
    assert f"| it has no limit | {has} | not run | `getUser/b` |" in text
