"""Which Node runs a Lambda runtime of Node."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from local import node
from local.template import ConfigurationError


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of Linux on arm64 with nothing on its PATH."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(node, "PACKAGES", tmp_path / "node_modules")
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    return tmp_path


def own(machine: Path, version: str, code: int = 0) -> str:
    binary = machine / "bin" / "node"
    binary.write_text(f"#!/bin/sh\necho {version}\nexit {code}\n")
    binary.chmod(0o755)
    return str(binary)


def pinned(machine: Path, package: str) -> str:
    binary = machine / "node_modules" / package / "bin" / "node"
    binary.parent.mkdir(parents=True)
    binary.touch()
    return str(binary)


def test_the_machine_s_own_node_of_that_major_is_taken(machine: Path) -> None:
    pinned(machine, "node24-linux-arm64")
    found = own(machine, "v24.1.0")
    assert node.interpreter("nodejs24.x") == found


@pytest.mark.parametrize("version", ["v20.20.2", "v22.0.0", "v240.0.0"])
def test_a_node_of_another_major_gives_way_to_the_pinned(
    machine: Path, version: str
) -> None:
    own(machine, version)
    found = pinned(machine, "node24-linux-arm64")
    assert node.interpreter("nodejs24.x") == found


def test_a_node_that_does_not_start_is_none(machine: Path) -> None:
    own(machine, "v24.1.0", code=127)
    found = pinned(machine, "node24-linux-arm64")
    assert node.interpreter("nodejs24.x") == found


def test_without_either_it_is_told_how_to_get_one(machine: Path) -> None:
    own(machine, "v20.20.2")
    pinned(machine, "node24-linux-x64")
    with pytest.raises(ConfigurationError, match=r"no Node 24 is here; .* make setup"):
        node.interpreter("nodejs24.x")
