"""The lab can be deleted, as docs/architecture.md says: nothing else needs it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration.stacks import ROOT

pytestmark = pytest.mark.more

LINKED = (".venv", "node_modules")


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [Path(name) for name in listed.stdout.splitlines()]


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout in which the page's command deleted the lab."""
    copy = tmp_path_factory.mktemp("without") / "checkout"
    for path in tracked():
        if (ROOT / path).is_file():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, copy / path)
    for name in LINKED:
        (copy / name).symlink_to(ROOT / name)
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
