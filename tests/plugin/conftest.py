"""The contract, a small collection of cases, and a fake service to run them on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugin.fake_http import serving
from tests.plugin.fake_service import Fake
from twinproof.cases.language import Language
from twinproof.cases.model import Case, Collection, read_cases
from twinproof.checks.checks import Checks
from twinproof.contract.openapi import Contract
from twinproof.exchange.drivers import Http
from twinproof.run.results import Run
from twinproof.run.runner import Runner
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.target import GATEWAY_HEADERS, Target
from twinproof.timing import Timing

HERE = Path(__file__).parent
CONTRACT = HERE.parents[1] / "contract"
# A fake shows everything at once: waiting longer finds nothing more.
IMPATIENT = Timing(0.05, 0.01, 0.05, 0.01)


@pytest.fixture(scope="session")
def contract() -> Contract:
    return Contract(CONTRACT)


@pytest.fixture(scope="session")
def checks(contract: Contract) -> Checks:
    return Checks.read(contract, IMPATIENT)


@pytest.fixture(scope="session")
def language(checks: Checks) -> Language:
    return checks.language


@pytest.fixture(scope="session")
def cases(contract: Contract) -> tuple[Case, ...]:
    """Every case of the contract."""
    return read_cases(CONTRACT, contract.schemas).cases


@pytest.fixture
def small_contract(tmp_path: Path) -> Path:
    """A contract folder with the real API and a few cases, which tests may change."""
    root = tmp_path / "contract"
    for name in ("schemas", "formats"):
        shutil.copytree(CONTRACT / name, root / name)
    for name in ("openapi.yaml", "rules.md", "volatile.yaml", "twinproof.toml"):
        shutil.copy(CONTRACT / name, root / name)
    shutil.copytree(HERE / "small", root, dirs_exist_ok=True)
    (root / "unreachable.yaml").write_text("[]\n")
    return root


@pytest.fixture(scope="session")
def small(contract: Contract) -> Collection:
    return read_cases(HERE / "small", contract.schemas)


def prepared_of(fake: Fake, url: str, writes: str = "any") -> PreparedTarget:
    """Return a prepared target whose store is the fake's own."""
    target = Target(
        "fake", url, writes=writes, gateway_headers=frozenset(GATEWAY_HEADERS)
    )
    return PreparedTarget(target, Http(url), fake.store)


@pytest.fixture
def run_on(checks: Checks, small: Collection) -> Callable[..., Run]:
    """Run cases on a fake with these faults."""

    def run(fake: Fake, *ids: str, run_id: str = "0badcafe") -> Run:
        with serving(fake) as url:
            runner = Runner(checks, [prepared_of(fake, url)], lambda _: None, run_id)
            return runner.run(small.choose(ids))

    return run
