"""Every package is pinned, and no file names the server that it comes from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "lab" / "bench" / "peers"
PINS = [
    *(ROOT / "requirements").glob("*.txt"),
    *(ROOT / "handlers" / "python").glob("requirements.txt"),
    *PEERS.glob("python/*/requirements.txt"),
]
LOCKS = [ROOT / "package-lock.json", *PEERS.glob("node/*/package-lock.json")]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PINS, ids=name)
def test_every_requirement_is_one_version_with_hashes(path: Path) -> None:
    text = path.read_text("utf-8")
    requirements = text.replace("\\\n", " ").splitlines()

    assert requirements
    assert [line for line in requirements if "==" not in line] == []
    assert [line for line in requirements if "--hash=sha256:" not in line] == []
    assert "://" not in text


@pytest.mark.parametrize("path", LOCKS, ids=name)
def test_every_node_package_has_its_hash(path: Path) -> None:
    text = path.read_text("utf-8")
    packages = json.loads(text)["packages"]
    without = [
        place
        for place, package in packages.items()
        if place and "integrity" not in package
    ]

    assert without == []
    assert '"resolved"' not in text
