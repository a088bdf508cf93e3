"""Every Python package is pinned, and no file says from where it comes."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PINS = [
    *(ROOT / "requirements").glob("*.txt"),
    ROOT / "handlers" / "python" / "requirements.txt",
]


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.stem)
def test_every_requirement_is_one_version_with_hashes(path: Path) -> None:
    text = path.read_text("utf-8")
    requirements = text.replace("\\\n", " ").splitlines()

    assert requirements
    assert [line for line in requirements if "==" not in line] == []
    assert [line for line in requirements if "--hash=sha256:" not in line] == []
    assert "://" not in text
