"""Every peer is pinned, and has our version of the SDK."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lab.bench.packages import PEERS
from local.template import ROOT

OURS = ROOT / "handlers" / "python" / "requirements.txt"
LOCK = ROOT / "package-lock.json"
PYTHON_PEERS = sorted(PEERS.glob("python/*/requirements.txt"))
NODE_PEERS = sorted(PEERS.glob("node/*/package-lock.json"))
# Packages that must have our version; else a ratio would compare their releases.
PYTHON_SAME = ("boto3", "botocore")
NODE_SAME = ("@aws-sdk/client-dynamodb", "@aws-sdk/client-s3", "esbuild")


def name(path: Path) -> str:
    return str(path.relative_to(PEERS))


def python_versions(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^(\S+?)==(\S+)", path.read_text("utf-8"), re.MULTILINE))


def node_versions(lock: Path) -> dict[str, str]:
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    return {
        path.removeprefix("node_modules/"): package["version"]
        for path, package in packages.items()
        if path
    }


@pytest.mark.parametrize("path", PYTHON_PEERS, ids=name)
def test_a_python_peer_has_our_version_of_the_sdk(path: Path) -> None:
    ours, theirs = python_versions(OURS), python_versions(path)

    assert [theirs[one] for one in PYTHON_SAME] == [ours[one] for one in PYTHON_SAME]


@pytest.mark.parametrize("path", NODE_PEERS, ids=name)
def test_a_node_peer_has_our_version_of_the_sdk_and_the_bundler(path: Path) -> None:
    ours, theirs = node_versions(LOCK), node_versions(path)

    assert [theirs[one] for one in NODE_SAME] == [ours[one] for one in NODE_SAME]


def test_every_peer_is_pinned() -> None:
    folders = {path for path in PEERS.glob("*/*") if path.name != "shared"}

    assert {path.parent for path in (*PYTHON_PEERS, *NODE_PEERS)} == folders
