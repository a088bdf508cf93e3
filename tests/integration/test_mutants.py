"""Handlers with one mutation each: exactly the cases of the broken rule fail."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import requests

from tests.baseline.kept import divergence_lines
from tests.integration.mutants.mutant import ANYWHERE, HTTP, Mutant, mutants
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

# These take three minutes on two cores, so they have a command: `make mutants`.
pytestmark = pytest.mark.mutants

MUTANTS = mutants()
RUNS = sorted({(one.implementation, one.driver) for one in MUTANTS})
FUZZED = "keeps-the-guard-of-an-address-that-was-left"
# Each worker needs its own sandbox, and each mutant starts new ones, on two cores.
WORKERS = 4
# The emulator's indexes have no delay: a missing item will not appear later.
AT_ONCE = Timing(eventually=0.0)


@dataclass(frozen=True)
class ServedCheckout:
    """A running stack, its checkout, and the contract to check it with."""

    stack: Stack
    checkout: Path
    contract: Contract
    cases: Collection
    prepared_targets: dict[str, PreparedTarget] = field(default_factory=dict)

    def results(
        self, implementation: str, driver: str, run: Iterable[str]
    ) -> Sequence[Result]:
        """Return the results of cases on the saved files of the checkout."""
        self.reload(implementation)
        prepared = self._prepared(implementation, driver)
        checks = Checks.read(self.contract, AT_ONCE)
        runner = Runner(checks, [prepared], lambda _: None, new_run_id(), WORKERS)
        return runner.run(self.cases.choose(run)).results

    def reload(self, implementation: str) -> None:
        """Serve the saved files of the checkout."""
        # A change outside the implementation's folder is noticed only with one inside.
        (self.checkout / "handlers" / implementation / "Makefile").touch()
        answer = requests.get(f"{self._url(implementation)}/health", timeout=60)
        assert answer.status_code == 200, answer.text

    def _url(self, implementation: str) -> str:
        urls = {"python": self.stack.url, "typescript": self.stack.typescript_url}
        return urls[implementation]

    def _prepared(self, implementation: str, driver: str) -> PreparedTarget:
        """Return a prepared target, the same one each time: its clients cost 0.4 s."""
        url = self._url(implementation) if driver == HTTP else "lambda:"
        flag = f"{implementation}={url}"
        if flag not in self.prepared_targets:
            where = Overrides(None, self.stack.endpoint, self.stack.lambda_endpoint)
            folder = self.contract.root / "targets"
            target = read_target(flag, where, folder, self.contract.schemas)
            self.prepared_targets[flag] = prepare(target, self.contract)
        return self.prepared_targets[flag]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCheckout]:
    """The local stack, started on a copy of the checkout."""
    checkout = copy_checkout(tmp_path_factory.mktemp("mutants") / "checkout")
    contract = Contract(ROOT / "contract")
    cases = read_cases(contract.root, contract.schemas)
    started = Stack(checkout)
    try:
        yield ServedCheckout(started.ready(), checkout, contract, cases)
    finally:
        started.close()


def with_verdict(results: Iterable[Result], verdict: Verdict) -> set[str]:
    return {one.full_id for one in results if one.verdict is verdict}


def red_by_label(
    results: Iterable[Result], anywhere: Container[str]
) -> dict[str, set[str]]:
    """Return the failed cases by the labels and checks of their mismatches."""
    found: dict[str, set[str]] = {}
    for one in results:
        if one.verdict is Verdict.FAILED:
            where = mismatch_labels((each.where, each.check) for each in one.mismatches)
            where = ANYWHERE if one.full_id in anywhere else where
            found.setdefault(where, set()).add(one.full_id)
    return found


@pytest.mark.parametrize(("implementation", "driver"), RUNS)
def test_every_case_passes_without_a_mutation(
    served: ServedCheckout, implementation: str, driver: str
) -> None:
    ones = [
        one
        for one in MUTANTS
        if (one.implementation, one.driver) == (implementation, driver)
    ]
    run = {name for one in ones for name in one.run}

    results = served.results(implementation, driver, run)

    every = {one.full_id for one in results}
    assert with_verdict(results, Verdict.PASSED) == every
    assert {red for one in ones for ids in one.red.values() for red in ids} <= every


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_exactly_the_listed_cases_catch_the_mutant_at_the_listed_labels(
    served: ServedCheckout, mutant: Mutant
) -> None:
    with mutant.applied_to(served.checkout):
        results = served.results(mutant.implementation, mutant.driver, mutant.run)

    assert with_verdict(results, Verdict.ERRORED) == set()
    assert red_by_label(results, mutant.red.get(ANYWHERE, ())) == mutant.red


def test_fuzzing_finds_a_mutant_and_shrinks_its_sequence_to_these_steps(
    served: ServedCheckout, tmp_path: Path
) -> None:
    (mutant,) = (one for one in MUTANTS if one.name == FUZZED)
    targets = [
        f"python={served.stack.url}",
        f"typescript={served.stack.typescript_url}",
    ]
    # Of the sequences that diverge alike, the first to finish is shrunk.
    one_by_one = ["--workers", "1", "--report", str(tmp_path)]

    with mutant.applied_to(served.checkout):
        served.reload(mutant.implementation)
        code = fuzz(served.stack, targets, 32, *one_by_one)

    assert code == 1
    report = json.loads((tmp_path / "fuzz.json").read_text("utf-8"))
    assert divergence_lines(report) == [
        "diverged [8, 22, 31]: createUser, replaceUser: guard u2@<own domain>"
    ]


def test_each_implementation_has_its_mutants() -> None:
    counts = Counter(one.implementation for one in MUTANTS)

    assert set(counts) == {"python", "typescript"}
    assert min(counts.values()) >= 12
    assert len({(one.implementation, one.name) for one in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_mutation_applies_to_the_sources(mutant: Mutant) -> None:
    real = (ROOT / "handlers" / mutant.file).read_text("utf-8")
    assert mutant.mutated(real) != real


@pytest.mark.parametrize("text", ["no such text", "twice twice"])
def test_mutation_that_does_not_apply_is_one_line(text: str) -> None:
    lost = replace(MUTANTS[0], find="twice")

    with pytest.raises(pytest.fail.Exception, match=rf"^{lost}: .* times in handlers/"):
        lost.mutated(text)
