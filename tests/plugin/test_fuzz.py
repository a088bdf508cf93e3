"""Fuzzing finds a deviation, makes it small and saves it; without one it is silent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.plugin.conftest import prepared_of
from tests.plugin.fake_http import serving
from tests.plugin.fuzz_fake import Sturdy, drawing_of, fuzz_on
from twinproof.cases.model import read_cases
from twinproof.checks.checks import Checks
from twinproof.contract.openapi import Contract
from twinproof.fuzz.fuzzer import FuzzRun
from twinproof.fuzz.saving import save
from twinproof.fuzz.sequences import sequence
from twinproof.lint.lint import lint
from twinproof.report.fuzz_console import found_lines, json_fuzzed, write_report
from twinproof.run.results import Run, Verdict
from twinproof.run.runner import Runner

# Names with that many characters outside the BMP are rare.
UNITS = range(150)


@pytest.fixture(scope="module")
def quiet(checks: Checks) -> FuzzRun:
    """The result of sequences on two equal fakes."""
    return fuzz_on(checks, range(60))


def _statuses(fuzzed: FuzzRun) -> object:
    return fuzzed.coverage.statuses, fuzzed.coverage.lengths, fuzzed.coverage.tags


def test_target_compared_with_itself_shows_no_difference(quiet: FuzzRun) -> None:
    assert [list(found_lines(quiet, each, "")) for each in quiet.found] == []
    assert (quiet.errors, quiet.left, quiet.diverged) == ([], [], 0)
    assert quiet.coverage.sequences == 60


def test_same_seed_gives_the_same_coverage(checks: Checks, quiet: FuzzRun) -> None:
    again = fuzz_on(checks, range(60))

    assert _statuses(again) == _statuses(quiet)


def test_nothing_is_left_in_the_store(checks: Checks) -> None:
    fakes = (Sturdy(), Sturdy())

    fuzz_on(checks, range(30), sides=fakes)

    assert fakes[0].store.items == {}
    assert fakes[0].store.bucket == {}


def test_what_cannot_be_removed_is_named(
    checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes = (Sturdy(), Sturdy())
    drawing = drawing_of(checks)
    index = next(
        i
        for i in range(99)
        if "users" in (plan := sequence(7, i, drawing)).given
        and plan.given["users"][0].get("record", True)
    )
    monkeypatch.setattr(fakes[0].store, "remove", lambda _: None)

    fuzzed = fuzz_on(checks, [index], sides=fakes)

    assert fuzzed.left


@pytest.mark.parametrize(
    ("fault", "operation", "part", "steps"),
    [
        ("wrong version", "createUser", "user", 1),
        ("extra header", "createUser", "header", 1),
        ("wrong stored item", "createUser", "user", 1),
        ("no guard", "createUser", "guard", 1),
        ("stale writeId", "updateUser", "user", 2),
        ("not deleted", "deleteUser", "user", 2),
        ("leftover guard", "deleteUser", "guard", 2),
        ("hangs up", "createUser", "answer", 1),
    ],
)
def test_deviation_is_found_and_shrunk_to_the_step_that_shows_it(
    checks: Checks, fault: str, operation: str, part: str, steps: int
) -> None:
    fuzzed = fuzz_on(checks, range(25), fault)

    found = {
        (f.divergence.plan.steps[-1].operation, f.divergence.mismatches[0].where): f
        for f in fuzzed.found
        if f.steady
    }
    mine = [
        each
        for (name, where), each in found.items()
        if name == operation and where.startswith(part)
    ]
    assert mine, list(found)
    assert len(mine[0].divergence.plan.steps) == steps


def test_input_is_shrunk_to_what_shows_the_deviation(checks: Checks) -> None:
    fuzzed = fuzz_on(checks, UNITS, "units")

    divergences = [each.divergence for each in fuzzed.found]
    assert divergences
    for divergence in divergences:
        assert divergence.mismatches[0].where == "status"
        texts = json.dumps([step.when for step in divergence.plan.steps])
        # 51 characters outside the BMP have 102 UTF-16 units; the deviant takes 100.
        assert ", 51]}" in texts


def test_divergence_prints_both_exchanges_and_the_rerun(checks: Checks) -> None:
    fuzzed = fuzz_on(checks, range(3), "extra header")

    text = "\n".join(found_lines(fuzzed, fuzzed.found[0], "--target a --target b"))

    assert "x-powered-by" in text
    assert "\n  right\n    sent       " in text
    assert "\n  deviant\n    sent       " in text
    number = fuzzed.found[0].index
    assert (
        f"rerun: twinproof fuzz --target a --target b --seed 7 --sequence {number}"
        in text
    )


def test_single_sequence_diverges_as_it_does_in_its_run(checks: Checks) -> None:
    whole = fuzz_on(checks, range(20), "leftover guard")
    number = whole.found[0].index

    alone = fuzz_on(checks, [number], "leftover guard")

    assert [f.divergence.plan for f in alone.found] == [
        f.divergence.plan for f in whole.found if f.index == number
    ]


@pytest.mark.parametrize("fault", ["units", "no guard", "stale writeId"])
def test_saved_divergence_fails_only_on_the_deviant(
    checks: Checks, tmp_path: Path, fault: str
) -> None:
    folder = tmp_path / "saved"
    indexes = UNITS if fault == "units" else range(25)
    save(fuzz_on(checks, indexes, fault), checks.contract, folder)

    saved = read_cases(folder, checks.contract.schemas)
    right, deviant = _checked(checks, folder, ""), _checked(checks, folder, fault)

    assert saved.all
    assert [
        r.mismatches for r in right.results if r.verdict is not Verdict.PASSED
    ] == []
    assert deviant.count(Verdict.FAILED) == len(saved.all)


def test_saved_divergence_passes_lint_among_existing_cases(
    checks: Checks, small_contract: Path
) -> None:
    before = lint(Contract(small_contract))
    cases = len(read_cases(small_contract, checks.contract.schemas).cases)

    for fault in ("no guard", "leftover guard"):
        save(fuzz_on(checks, range(12), fault), checks.contract, small_contract)

    saved = read_cases(small_contract, checks.contract.schemas)
    assert len(saved.cases) > cases
    assert len(saved.journeys) > 2
    # A saved case may cover what no other case does.
    assert set(lint(Contract(small_contract))) <= set(before)


def _checked(checks: Checks, folder: Path, fault: str) -> Run:
    fake = Sturdy(fault)
    with serving(fake) as url:
        runner = Runner(checks, [prepared_of(fake, url)], lambda _: None, "0badcafe")
        return runner.run(read_cases(folder, checks.contract.schemas))


def test_report_fits_its_format(
    checks: Checks, contract: Contract, tmp_path: Path
) -> None:
    fuzzed = fuzz_on(checks, range(6), "extra header")

    write_report(fuzzed, contract, tmp_path / "new")

    report = json.loads((tmp_path / "new" / "fuzz.json").read_text())
    assert contract.schemas.faults("formats/fuzz.json", report) == []
    assert report == json.loads(json.dumps(json_fuzzed(fuzzed, contract)))
    assert report["divergences"][0]["mismatches"]
