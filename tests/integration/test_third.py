"""A further implementation needs a flag of `twinproof check`, no line of the tool."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.integration.stacks import ROOT, Stack
from tests.integration.third.implementation import serving
from twinproof.cases.model import read_cases
from twinproof.commands.cli import main
from twinproof.contract.openapi import Contract

pytestmark = pytest.mark.mutants

CONTRACT = Contract(ROOT / "contract")


def cases_that_want(status: int) -> set[str]:
    cases = read_cases(CONTRACT.root, CONTRACT.schemas).cases
    return {
        case.full_id
        for case in cases
        if (case.call.then or {}).get("status") == status
        # Requests that no client can send do not reach it.
        and not case.call.event_only
    }


def test_exactly_the_cases_of_its_fault_are_red_in_a_third_implementation(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = [word for name in CONTRACT.operations for word in ("--case", name)]
    where = ["--endpoint", stack.endpoint, "--stack", "parity-python"]

    with serving(("127.0.0.1", stack.port)) as url:
        target = ["--target", f"third={url}", *where]
        code = main(["check", *target, *chosen, "--report", str(tmp_path)])

    printed = capsys.readouterr().out
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert code == 1
    assert report["counts"]["errored"] == 0, printed
    results = report["results"]
    red = {one["id"] for one in results if one["verdict"] == "failed"}
    assert red == cases_that_want(304), printed
    assert len(results) > 900


def test_tool_names_no_implementation() -> None:
    """In its code. Target files and the reasons of unreachable statuses may."""
    targets = (ROOT / "contract" / "targets").glob("*.yaml")
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in targets]
    # The live target serves the deployed implementation.
    names = {each["implementation"] for each in documents if "implementation" in each}
    word = re.compile(rf"\b({'|'.join(sorted(names))})\b")
    suite = ROOT / "twinproof" / "src"

    found = {
        f"{path.name}: {line.strip()}"
        for path in [*suite.glob("**/*.py"), ROOT / "contract" / "volatile.yaml"]
        for line in path.read_text("utf-8").splitlines()
        if word.search(line)
    }

    assert names == {"python", "typescript"}
    assert found == set()
