"""Every package is pinned, and no file says from where it comes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ROOT / "handlers" / "python" / "requirements.txt"
PEERS = ROOT / "lab" / "bench" / "peers"
PYTHON_PEERS = sorted(PEERS.glob("python/*/requirements.txt"))
PINS = [*(ROOT / "requirements").glob("*.txt"), OURS, *PYTHON_PEERS]
NODE_PEERS = sorted(PEERS.glob("node/*/package-lock.json"))
LOCKS = [ROOT / "package-lock.json", *NODE_PEERS]
# What a peer has of our version: else a ratio would compare releases of it.
PYTHON_SAME = ("boto3", "botocore")
NODE_SAME = ("@aws-sdk/client-dynamodb", "@aws-sdk/client-s3", "esbuild")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def python_versions(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^(\S+?)==(\S+)", path.read_text("utf-8"), re.MULTILINE))


def node_versions(path: Path) -> dict[str, str]:
    packages = json.loads(path.read_text("utf-8"))["packages"]
    return {
        place.removeprefix("node_modules/"): package["version"]
        for place, package in packages.items()
        if place
    }


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


@pytest.mark.parametrize("path", PYTHON_PEERS, ids=name)
def test_a_python_peer_has_the_sdk_that_we_have(path: Path) -> None:
    ours, theirs = python_versions(OURS), python_versions(path)

    assert [theirs[one] for one in PYTHON_SAME] == [ours[one] for one in PYTHON_SAME]


@pytest.mark.parametrize("path", NODE_PEERS, ids=name)
def test_a_node_peer_has_the_sdk_and_the_bundler_that_we_have(path: Path) -> None:
    ours, theirs = node_versions(LOCKS[0]), node_versions(path)

    assert [theirs[one] for one in NODE_SAME] == [ours[one] for one in NODE_SAME]


def test_every_peer_is_pinned() -> None:
    folders = {path for path in PEERS.glob("*/*") if path.name != "shared"}

    assert {path.parent for path in (*PYTHON_PEERS, *NODE_PEERS)} == folders
