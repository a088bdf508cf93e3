"""Ctrl-C while a command is still being imported is one line, in every command."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.makefiles import ROOT, TEXT

# Python imports it before the command; it sends Ctrl-C when a module is imported.
SITE = """
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name.startswith(os.environ["INTERRUPT_AT"]):
            sys.meta_path.remove(self)
            signal.raise_signal(signal.SIGINT)

interrupting = Interrupting()
sys.meta_path.insert(0, interrupting)
"""
MODULES = sorted(set(re.findall(r"\$\(BIN\)/python -m ([a-z_.]+)", TEXT)))
# It ends before anybody could stop it, and imports no module that handles signals.
MODULES.remove("handlers.packaging.schemas")


def interrupted(
    command: list[str], at: str, place: Path
) -> subprocess.CompletedProcess[str]:
    (place / "sitecustomize.py").write_text(SITE, encoding="utf-8")
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(place), "INTERRUPT_AT": at},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("module", MODULES)
def test_command_of_the_makefile_says_that_it_is_stopped(
    tmp_path: Path, module: str
) -> None:
    done = interrupted([sys.executable, "-m", module], "local.", tmp_path)

    assert done.returncode == -signal.SIGINT
    assert (done.stdout, done.stderr) == ("", "stopped\n")


def test_parity_says_that_it_is_stopped(tmp_path: Path) -> None:
    parity = Path(sys.executable).with_name("twinproof")
    done = interrupted([str(parity), "lint"], "twinproof.errors", tmp_path)

    assert done.returncode == -signal.SIGINT
    assert (done.stdout, done.stderr) == ("", "stopped\n")


def test_another_error_keeps_its_traceback() -> None:
    for package in ("local", "twinproof"):
        done = subprocess.run(
            [sys.executable, "-c", f"import {package}; 1 / 0"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr.startswith("Traceback (most recent call last):\n")
        assert done.stderr.endswith("ZeroDivisionError: division by zero\n")


SWALLOWED = """
import signal

def test_first():
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        pass

def test_second():
    raise AssertionError("it went on")
"""


def test_interrupt_that_a_test_takes_for_its_own_ends_the_tests(tmp_path: Path) -> None:
    module = tmp_path / "test_it.py"
    module.write_text(SWALLOWED, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", module],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "1 passed" in done.stdout
    assert done.returncode == pytest.ExitCode.INTERRUPTED
