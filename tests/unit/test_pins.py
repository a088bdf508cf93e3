"""What is installed is pinned, and no file says from where."""

from __future__ import annotations

import json
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


def test_node_packages_are_pinned_by_what_they_hold() -> None:
    text = (ROOT / "package-lock.json").read_text("utf-8")
    packages = json.loads(text)["packages"]

    unpinned = [
        name for name, entry in packages.items() if name and "integrity" not in entry
    ]
    assert unpinned == []
    assert "resolved" not in text
    assert "://" not in text
