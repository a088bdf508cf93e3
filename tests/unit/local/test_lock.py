"""`npm ci` accepts package-lock.json on every platform and in any place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.template import ROOT, load

PACKAGE = json.loads((ROOT / "package.json").read_text("utf-8"))
LOCK = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
PACKAGES: dict[str, dict[str, Any]] = {
    path: entry for path, entry in LOCK["packages"].items() if path
}


def test_lock_is_of_what_package_json_asks_for() -> None:
    for kind in ("dependencies", "devDependencies", "optionalDependencies"):
        assert LOCK["packages"][""][kind] == PACKAGE[kind]


def test_every_package_is_pinned_by_its_hash_and_by_no_address() -> None:
    for path, entry in PACKAGES.items():
        assert entry["integrity"].startswith("sha512-"), path
        assert "resolved" not in entry, path


def test_every_platform_s_packages_are_locked() -> None:
    """If npm cannot find one, it omits it, and later refuses the lock."""
    for path, entry in PACKAGES.items():
        for name in entry.get("optionalDependencies", {}):
            assert f"node_modules/{name}" in PACKAGES, f"{path} needs {name}"


def test_no_package_runs_a_script_that_it_needs() -> None:
    """They are installed with --ignore-scripts; of esbuild the binary is a package."""
    scripted = [
        path for path, entry in PACKAGES.items() if entry.get("hasInstallScript")
    ]
    assert set(scripted) <= {"node_modules/esbuild", "node_modules/@scarf/scarf"}


@pytest.mark.parametrize("platform", ["linux-x64", "linux-arm64", "darwin-arm64"])
def test_every_node_of_the_template_is_pinned(platform: str) -> None:
    for runtime in set(load()["Mappings"]["Runtimes"]["typescript"].values()):
        major = runtime.removeprefix("nodejs").removesuffix(".x")
        entry = PACKAGES[f"node_modules/node{major}-{platform}"]
        assert entry["version"].startswith(f"{major}.")
        assert entry["optional"]
        assert f"{entry['os']}-{entry['cpu']}" == platform
