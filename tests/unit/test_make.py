"""`make` accepts the variables of its targets on its command line, and no others."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.unit.makefiles import MAKEFILES, ROOT, TARGETS, TEXT, VARIABLES

PAGES = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / ".ci" / "run"]


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # These tests may be run by make itself, which passes its own arguments on.
    clean = {name: os.environ[name] for name in os.environ if "MAKE" not in name}
    return subprocess.run(
        ["make", *arguments],
        cwd=ROOT,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("target", ["help", "check", "start", "no-such-target"])
@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("CASES=x", "CASE"),
        ("PROT=1", "PORT"),
        ("port=1", "PORT"),
        ("CLOUDPORT=1", "CLOUD_PORT"),
        ("IMPL=typescript", "IMPLEMENTATION"),
        ("REPROTS=x", "REPORT"),
    ],
)
def test_variable_that_no_command_takes_is_refused_and_the_nearest_named(
    target: str, given: str, meant: str
) -> None:
    done = make("-n", target, given)  # otherwise a fault here would start a stack

    name = given.partition("=")[0]
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert f"make: no variable {name}; did you mean {meant}? " in line


def test_make_that_goes_on_after_a_failure_is_refused() -> None:
    done = make("help", "MAKE_VERSION=3.81")

    assert (done.returncode, done.stdout) == (2, "")
    assert "GNU make 4.0 or later is needed, this is 3.81; on macOS: " in done.stderr


def test_where_none_is_near_the_list_is_pointed_to() -> None:
    done = make("help", "ZZZZZZ=1")

    assert done.returncode == 2
    assert "make: no variable ZZZZZZ; make help lists them" in done.stderr


@pytest.mark.parametrize(
    "arguments", [[f"{name}=1" for name in VARIABLES], ["-j4"], ["-k", "MAKEFLAGS=-s"]]
)
def test_variables_that_are_known_and_makes_own_are_taken(arguments: list[str]) -> None:
    done = make("help", *arguments)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [["help"], ["-e", "help"]])
def test_environment_may_hold_anything(arguments: list[str]) -> None:
    done = make(*arguments, CASES="x", FOO="1")

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("page", [*MAKEFILES, *PAGES], ids=lambda one: one.name)
def test_every_variable_that_is_written_about_is_known(page: Path) -> None:
    text = page.read_text("utf-8")
    lines = re.findall(r"(?:^[a-z-]+:.*## .*|\bmake [a-z-]+ .*)", text, re.MULTILINE)
    named = {name for line in lines for name in re.findall(r"\b([A-Z][A-Z_]+)=", line)}
    assert named <= set(VARIABLES)


def test_help_lists_every_command_and_variable_on_one_screen() -> None:
    text = make("help").stdout

    listed = re.findall(r"^  ([a-z-]+) ", text, re.MULTILINE)
    assert sorted(listed) == sorted(TARGETS.difference({"help", "check-bench-table"}))
    used = {
        name for name in VARIABLES if f"$({name})" in TEXT
    }  # the lab's, with the lab
    assert set(re.findall(r"\b[A-Z_]{2,}\b", text)) >= used
    lines = text.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 88


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_no_command_uses_a_variable_that_is_not_defined(target: str) -> None:
    done = make("-n", target)

    assert (done.returncode, done.stderr) == (0, "")
