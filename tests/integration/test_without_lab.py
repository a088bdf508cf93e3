"""The lab can be deleted, as docs/architecture.md says: nothing else needs it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.integration.copies import copy_tracked
from tests.integration.stacks import ROOT

pytestmark = pytest.mark.more


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout in which the page's command deleted the lab."""
    copy = copy_tracked(tmp_path_factory.mktemp("without") / "checkout")
    [command] = re.findall(
        r"^(rm -r lab .*)$",
        (ROOT / "docs" / "architecture.md").read_text(),
        re.MULTILINE,
    )
    subprocess.run(["bash", "-c", command], cwd=copy, check=True)
    assert not (copy / "lab").exists()
    return copy


@pytest.mark.parametrize(
    "command",
    [
        ["make", "lint", "types", "unit"],
        [".venv/tools/bin/pytest", "--collect-only", "-q", "tests/integration"],
    ],
    ids=["make", "collect"],
)
def test_without_the_lab_it_passes(without: Path, command: list[str]) -> None:
    done = subprocess.run(
        command, cwd=without, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
