"""The tool as users install it: a wheel with its dependencies, elsewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.stacks import ROOT, Stack
from tests.plugin.fake_http import serving
from tests.plugin.fake_service import Fake
from tests.plugin.with_motto import copy_of_the_contract

PACKAGE = ROOT / "twinproof"
SOURCES = PACKAGE / "src" / "twinproof"
PINS = ROOT / "requirements" / "twinproof.txt"
UV = ROOT / ".venv" / "uv" / "bin" / "uv"
UNKNOWN = "getUser/finds-no-unknown-user"
EACH_MODULE = """
import importlib, importlib.util, pkgutil, twinproof
assert importlib.util.find_spec("botocore") is None
for found in pkgutil.walk_packages(twinproof.__path__, "twinproof."):
    importlib.import_module(found.name)
"""


@dataclass(frozen=True)
class Installed:
    """An environment with only the tool, and an empty folder."""

    wheel: Path
    environment: Path
    empty: Path

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in the empty folder."""
        return subprocess.run(
            [str(self.environment / "bin" / program), *arguments],
            cwd=self.empty,
            # No variable of the environment may lead back to the checkout.
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )

    def check(
        self, contract: str, one: str, other: str, *more: str
    ) -> subprocess.CompletedProcess[str]:
        """Check two URLs against a contract."""
        targets = ["--target", f"one={one}", "--target", f"other={other}"]
        return self.run("twinproof", "--contract", contract, "check", *targets, *more)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The tool's wheel, installed with its dependencies."""
    folder = tmp_path_factory.mktemp("wheel")
    # A build leaves files beside the sources, and would pack those of an earlier one.
    rests = shutil.ignore_patterns("*.egg-info", "build", "__pycache__")
    shutil.copytree(PACKAGE, folder / "sources", ignore=rests)
    python = ["--python", str(folder / "environment" / "bin" / "python")]
    builder = ["--no-build-isolation", "--python", sys.executable]
    uv("build", "--wheel", *builder, "-o", str(folder), str(folder / "sources"))
    (wheel,) = folder.glob("*.whl")
    uv("venv", "--python", sys.executable, str(folder / "environment"))
    uv("pip", "sync", "--require-hashes", *python, str(PINS))
    uv("pip", "install", "--no-index", *python, str(wheel))
    (folder / "empty").mkdir()
    return Installed(wheel, folder / "environment", folder / "empty")


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a copy of this service's contract, with its plugin."""
    return str(copy_of_the_contract(tmp_path_factory.mktemp("contract")))


def uv(*arguments: str) -> None:
    subprocess.run([str(UV), "--quiet", *arguments], check=True)


def test_wheel_holds_every_file_of_the_package(installed: Installed) -> None:
    packed = {
        name
        for name in zipfile.ZipFile(installed.wheel).namelist()
        if name.startswith("twinproof/")
    }

    files = {
        path.relative_to(SOURCES.parent).as_posix()
        for path in SOURCES.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert packed == files
    assert {each.rpartition(".")[2] for each in files} == {"css", "json", "py", "typed"}


def test_every_module_can_be_imported_without_the_extra(installed: Installed) -> None:
    done = installed.run("python", "-c", EACH_MODULE)

    assert (done.returncode, done.stderr) == (0, "")


def test_command_prints_its_help(installed: Installed) -> None:
    done = installed.run("twinproof", "--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: twinproof ")


def test_lint_finds_nothing_in_a_copy_of_this_contract(
    installed: Installed, contract: str
) -> None:
    done = installed.run("twinproof", "--contract", contract, "lint")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_two_urls_are_checked_against_a_copy_of_this_contract(
    installed: Installed, contract: str, stack: Stack
) -> None:
    done = installed.check(contract, stack.url, stack.typescript_url)

    assert done.returncode == 0, done.stdout + done.stderr
    counts = re.search(
        r"^(\d+) cases, 2 targets, \1 pairs: (\d+) passed, 0 failed, 0 known \(",
        done.stdout,
        re.MULTILINE,
    )
    assert counts, done.stdout
    # The cases without fixtures and without an `after`.
    assert int(counts[1]) > 150
    assert int(counts[2]) == 3 * int(counts[1])
    assert "left out (no stores: no stack is named)" in done.stdout


def test_url_that_breaks_this_contract_is_found(
    installed: Installed, contract: str
) -> None:
    with serving(Fake()) as right, serving(Fake("wrong problem")) as wrong:
        done = installed.check(contract, right, wrong, "--case", UNKNOWN)

    assert done.returncode == 1, done.stdout + done.stderr
    assert f"FAILED {UNKNOWN}   [other]" in done.stdout
    assert f"FAILED {UNKNOWN}   [one | other]" in done.stdout
