"""Packages as they are after a deploy: zipped by SAM CLI, with the times of the zip."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from handlers.packaging import python, typescript
from handlers.packaging.order import Order, settle_modes
from lab.bench import packages
from lab.bench.candidates import IMPLEMENTATIONS
from local.deploy.build import machine_parameters
from local.lambda_.runtimes import PYTHON

YEAR_1980 = 315_532_800 - 86_400, 315_532_800 + 86_400  # in any time zone
UNCHECKED_HASH = 0b01  # PEP 552: the second word of a .pyc


@pytest.mark.parametrize("function", ["users", "assets"])
def test_no_module_has_stale_bytecode(function: str) -> None:
    folder = packages.ours("python").package(function).folder
    modules = list(folder.rglob("*.py"))
    assert len(modules) > 200
    for module in modules:
        compiled = cached(module).read_bytes()
        source_hash = importlib.util.source_hash(module.read_bytes())
        assert int.from_bytes(compiled[4:8], "little") == UNCHECKED_HASH, module
        assert compiled[8:16] == source_hash, module


def test_a_measured_package_has_the_times_of_the_zip() -> None:
    folder = packages.ours("python").users.folder
    times = {path.stat().st_mtime for path in folder.rglob("*.py")}
    assert all(YEAR_1980[0] <= time <= YEAR_1980[1] for time in times)


@pytest.mark.parametrize("function", ["users", "assets"])
def test_python_compiles_no_module_of_the_package(function: str) -> None:
    package = packages.ours("python").package(function)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(package.folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "LIST_SHARDS": "4",
        **dict.fromkeys(("USERS_TABLE", "ASSETS_TABLE", "ASSETS_BUCKET"), "name"),
    }
    command = [str(PYTHON), "-v", "-c", f"import {function}_handler"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    )
    log = done.stderr.splitlines()
    assert any(f"matches {package.folder}" in line for line in log)
    compiled = [
        line
        for line in log
        if f"code object from '{package.folder}" in line and line.endswith(".py'")
    ]
    assert not compiled


@pytest.mark.parametrize("language", ["python", "node"])
def test_the_same_input_gives_the_same_zip(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zips = []
    for name in ("one", "another"):
        # Dependencies are fetched, trimmed and compiled again each time.
        monkeypatch.setattr(python, "DEPENDENCIES", tmp_path / f"{name}-dependencies")
        order = replace(order_of(language), artefact=tmp_path / name)
        order.artefact.mkdir()
        (python if language == "python" else typescript).package(order)
        settle_modes(order.artefact)
        archive = tmp_path / f"{name}.zip"
        packages.zip_as_sam_does(order.artefact, archive)
        zips.append(archive.read_bytes())

    assert zips[0] == zips[1]


def order_of(language: str) -> Order:
    implementation = IMPLEMENTATIONS[language]
    architecture = machine_parameters(implementation)["Architecture"]
    runtime = packages.runtime(language)
    return Order(
        "UsersFunction", implementation, runtime, architecture, packages.FOLDER
    )


def cached(module: Path) -> Path:
    tag = (
        f"cpython-{packages.runtime('python').removeprefix('python').replace('.', '')}"
    )
    return module.parent / "__pycache__" / f"{module.stem}.{tag}.pyc"
