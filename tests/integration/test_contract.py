"""All cases against the local stack, over HTTP and by Lambda Invoke."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.baseline.kept import HTTP, LAMBDA, RENEW, differences
from tests.integration.conftest import Stack
from tests.integration.stacks import ROOT
from twinproof.cases.model import read_cases
from twinproof.commands.cli import main
from twinproof.contract.openapi import Contract

INVOKED = ["python=lambda:", "typescript=lambda:"]


def check(stack: Stack, targets: list[str], *more: str) -> int:
    where = ["--endpoint", stack.endpoint, "--lambda-endpoint", stack.lambda_endpoint]
    flags = [flag for target in targets for flag in ("--target", target)]
    return main(["check", *flags, *where, *more])


def test_every_case_and_journey_holds_over_http(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    targets = [f"python={stack.url}", f"typescript={stack.typescript_url}"]

    code = check(stack, targets, "--report", str(tmp_path))

    printed = capsys.readouterr()
    assert code == 0, printed.out + printed.err
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    differing = differences(HTTP, report)
    assert not differing, "\n".join([*differing, RENEW])


def test_what_only_an_event_can_carry_holds_by_invoke(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = Contract(ROOT / "contract")
    cases = read_cases(contract.root, contract.schemas).cases
    chosen = [each.full_id for each in cases if each.call.event_only]

    code = check(stack, INVOKED, *(word for one in chosen for word in ("--case", one)))

    printed = capsys.readouterr().out
    assert code == 0, printed
    assert f"\n{len(chosen)} cases, 2 targets" in f"\n{printed}"


@pytest.mark.more
def test_every_case_holds_by_invoke_with_its_log_lines(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = check(stack, INVOKED, "--report", str(tmp_path))

    printed = capsys.readouterr()
    assert code == 0, printed.out + printed.err
    assert {file.suffix for file in tmp_path.iterdir()} >= {".json", ".xml"}
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    differing = differences(LAMBDA, report)
    assert not differing, "\n".join([*differing, RENEW])


def test_live_target_shows_its_assumptions_without_a_write_and_owns_up_here(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    """The front replaces AWS here, so this proves nothing about AWS."""
    code = main(["check", "--target", f"live={stack.url}"])

    printed = capsys.readouterr().out
    assert code == 0, printed
    assert "not AWS, so nothing of it is confirmed: live" in printed
    assert "2 left out (only AWS itself can show this)" in printed
    assert "left out (no stores: no stack is named)" in printed
