from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.page_made import DIFFER, HOSTILE, LEFT, NAMES, RIGHT, Reader
from twinproof.contract.openapi import Contract
from twinproof.domain.names import Names
from twinproof.domain.plans import Plan, PlanStep
from twinproof.fuzz.fuzzer import Finding, FuzzRun
from twinproof.fuzz.playing import Divergence
from twinproof.report.html.fuzzed import fuzz_page, write_fuzz_page

STEPS = (
    PlanStep("createUser", {"json": {"name": HOSTILE}}, bind="u"),
    PlanStep("getUser", {"path": {"userId": {"ref": "u.userId"}}}),
)


@pytest.fixture
def fuzzed() -> FuzzRun:
    """Return a run in which sequences 12, 40 and 41 have the same difference."""
    made = FuzzRun(7, "0badcafe", NAMES, seconds=2.0)
    plan = Plan({"users": [{"bind": "a"}]}, STEPS)
    divergence = Divergence(plan, 1, DIFFER, (LEFT, RIGHT), Names(), ())
    made.found = [Finding(12, divergence, steady=False)]
    made.alike = {("kind",): [12, 40, 41]}  # type: ignore[dict-item] # any key serves
    made.coverage.sequences, made.coverage.steps, made.coverage.past = 40_000, 9, 6
    made.coverage.statuses.update({("createUser", 201): 60, ("createUser", 400): 3})
    return made


def test_divergence_of_a_sequence_is_shown_whole(
    fuzzed: FuzzRun, contract: Contract
) -> None:
    page = fuzz_page(fuzzed, contract, "--target a --target b")

    reader = Reader(page)
    assert reader.open == []
    assert "<script" not in page
    assert "3 sequences diverged" in page
    assert ["body /name", '"Ada"', '"ADA"', "must be equal"] in reader.rows
    assert ['  "name": "Ada",', "≠", '  "name": "ADA",'] in reader.rows
    assert "did not occur again" in page
    assert "sequences 40, 41" in page
    assert "twinproof fuzz --target a --target b --seed 7 --sequence 12" in page


def test_coverage_marks_statuses_below_the_floor(
    fuzzed: FuzzRun, contract: Contract
) -> None:
    reader = Reader(fuzz_page(fuzzed, contract, ""))

    assert reader.row("createUser 201") == ["createUser 201", "60", ""]
    assert reader.row("createUser 400") == [
        "createUser 400",
        "3",
        "✗ below the goal of 50",
    ]
    assert "goal" not in reader.row("createUser 500")[2]
    assert reader.row("createUser 500")[2]


def test_facts_of_the_run_are_shown(fuzzed: FuzzRun, contract: Contract) -> None:
    page = fuzz_page(fuzzed, contract, "")

    for name, value in (("sequences", "40,000"), ("past validation", "67%")):
        assert f"<dt>{name}</dt><dd>{value}</dd>" in page
    assert "<dt>seed</dt><dd><code>7</code></dd>" in page


def test_run_without_a_divergence_has_that_headline(
    fuzzed: FuzzRun, contract: Contract, tmp_path: Path
) -> None:
    fuzzed.found, fuzzed.alike = [], {}

    write_fuzz_page(fuzzed, contract, "", tmp_path)

    page = (tmp_path / "fuzz.html").read_text(encoding="utf-8")
    assert "<h1>✓ no difference between python and typescript</h1>" in page
    fuzzed.errors.append("sequence 3: no tables")
    assert "<h1>✗ 1 sequence could not be run</h1>" in fuzz_page(fuzzed, contract, "")
