"""Real handlers with one slip each: exactly the cases that hold the rule go red."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import requests

from tests.baseline.kept import divergence_lines
from tests.integration.imposters.imposter import ANYWHERE, HTTP, Imposter, imposters
from tests.integration.stacks import ROOT, Stack, copy_checkout
from tests.integration.test_fuzzing import fuzz
from tests.verdict_lines import mismatch_labels
from twinproof.cases.model import Collection, read_cases
from twinproof.checks.checks import Checks
from twinproof.contract.openapi import Contract
from twinproof.run.results import Result, Verdict
from twinproof.run.runner import Runner, new_run_id
from twinproof.targets.prepared import PreparedTarget, prepare
from twinproof.targets.target import Overrides, read_target
from twinproof.timing import Timing

# Three minutes on two cores: a command of its own, `make imposters`.
pytestmark = pytest.mark.imposters

IMPOSTERS = imposters()
STAGES = sorted({(one.implementation, one.driver) for one in IMPOSTERS})
FUZZED = "keeps-the-guard-of-an-address-that-was-left"
# Each worker needs a sandbox of its own, made anew for each imposter, on two cores.
WORKERS = 4
# The emulator's indexes never lag, so what is not there will not come.
AT_ONCE = Timing(eventually=0.0)


@dataclass(frozen=True)
class Stage:
    """A running stack, the checkout it serves, and the contract it is held to."""

    stack: Stack
    checkout: Path
    contract: Contract
    cases: Collection
    prepared_targets: dict[str, PreparedTarget] = field(default_factory=dict)

    def results(
        self, implementation: str, driver: str, run: Iterable[str]
    ) -> Sequence[Result]:
        """Return what comes of cases once what is saved in the checkout is served."""
        self.reload(implementation)
        prepared = self._bench(implementation, driver)
        checks = Checks.read(self.contract, AT_ONCE)
        runner = Runner(checks, [prepared], lambda _: None, new_run_id(), WORKERS)
        return runner.run(self.cases.choose(run)).results

    def reload(self, implementation: str) -> None:
        """Serve what is saved in the checkout."""
        # What lies outside an implementation's folder is seen with what is saved there.
        (self.checkout / "handlers" / implementation / "Makefile").touch()
        answer = requests.get(f"{self._url(implementation)}/health", timeout=60)
        assert answer.status_code == 200, answer.text

    def _url(self, implementation: str) -> str:
        urls = {"python": self.stack.url, "typescript": self.stack.typescript_url}
        return urls[implementation]

    def _bench(self, implementation: str, driver: str) -> PreparedTarget:
        """Return a target made ready, once for all: its clients cost 0.4 s."""
        url = self._url(implementation) if driver == HTTP else "lambda:"
        flag = f"{implementation}={url}"
        if flag not in self.prepared_targets:
            where = Overrides(None, self.stack.endpoint, self.stack.lambda_endpoint)
            folder = self.contract.root / "targets"
            target = read_target(flag, where, folder, self.contract.schemas)
            self.prepared_targets[flag] = prepare(target, self.contract)
        return self.prepared_targets[flag]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The local stack, on a checkout of its own."""
    checkout = copy_checkout(tmp_path_factory.mktemp("imposters") / "checkout")
    contract = Contract(ROOT / "contract")
    cases = read_cases(contract.root, contract.schemas)
    started = Stack(checkout)
    try:
        yield Stage(started.ready(), checkout, contract, cases)
    finally:
        started.close()


def having(results: Iterable[Result], verdict: Verdict) -> set[str]:
    return {one.full_id for one in results if one.verdict is verdict}


def red_by_place(
    results: Iterable[Result], anywhere: Container[str]
) -> dict[str, set[str]]:
    """Return the cases that failed by where they did, and by which rules."""
    found: dict[str, set[str]] = {}
    for one in results:
        if one.verdict is Verdict.FAILED:
            where = mismatch_labels((each.where, each.check) for each in one.mismatches)
            where = ANYWHERE if one.full_id in anywhere else where
            found.setdefault(where, set()).add(one.full_id)
    return found


@pytest.mark.parametrize(("implementation", "driver"), STAGES)
def test_without_a_slip_all_these_cases_are_green(
    stage: Stage, implementation: str, driver: str
) -> None:
    ones = [
        one
        for one in IMPOSTERS
        if (one.implementation, one.driver) == (implementation, driver)
    ]
    run = {name for one in ones for name in one.run}

    results = stage.results(implementation, driver, run)

    every = {one.full_id for one in results}
    assert having(results, Verdict.PASSED) == every
    assert {red for one in ones for ids in one.red.values() for red in ids} <= every


@pytest.mark.parametrize("imposter", IMPOSTERS, ids=str)
def test_imposter_is_caught_by_these_cases_alone_at_these_places(
    stage: Stage, imposter: Imposter
) -> None:
    with imposter.acting_in(stage.checkout):
        results = stage.results(imposter.implementation, imposter.driver, imposter.run)

    assert having(results, Verdict.ERRORED) == set()
    assert red_by_place(results, imposter.red.get(ANYWHERE, ())) == imposter.red


def test_fuzzing_finds_a_slip_and_cuts_its_sequence_down_to_these_steps(
    stage: Stage, tmp_path: Path
) -> None:
    (slip,) = (one for one in IMPOSTERS if one.name == FUZZED)
    targets = [f"python={stage.stack.url}", f"typescript={stage.stack.typescript_url}"]
    # Which sequence of a kind is cut down is decided by who comes first.
    one_by_one = ["--workers", "1", "--report", str(tmp_path)]

    with slip.acting_in(stage.checkout):
        stage.reload(slip.implementation)
        code = fuzz(stage.stack, targets, 32, *one_by_one)

    assert code == 1
    report = json.loads((tmp_path / "fuzz.json").read_text("utf-8"))
    assert divergence_lines(report) == [
        "diverged [8, 22, 31]: createUser, replaceUser: guard u2@<own domain>"
    ]


def test_each_implementation_has_its_imposters() -> None:
    counts = Counter(one.implementation for one in IMPOSTERS)

    assert set(counts) == {"python", "typescript"}
    assert min(counts.values()) >= 12
    assert len({(one.implementation, one.name) for one in IMPOSTERS}) == len(IMPOSTERS)


@pytest.mark.parametrize("imposter", IMPOSTERS, ids=str)
def test_slip_has_its_place_in_the_sources(imposter: Imposter) -> None:
    real = (ROOT / "handlers" / imposter.file).read_text("utf-8")
    assert imposter.disguised(real) != real


@pytest.mark.parametrize("text", ["nothing of it", "slip slip"])
def test_slip_without_a_place_is_told_in_one_line(text: str) -> None:
    lost = replace(IMPOSTERS[0], find="slip")

    with pytest.raises(pytest.fail.Exception, match=rf"^{lost}: .* times in handlers/"):
        lost.disguised(text)
