"""`make baseline` compares a run with the saved one, or saves a new one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.baseline import __main__ as command
from tests.baseline import kept

RUNS = (kept.HTTP, kept.LAMBDA, kept.FUZZ)
PASSED = {"target": "a", "verdict": "passed", "evidence": "emulator", "mismatches": []}
CHECKED = {
    "results": [{**PASSED, "id": f"getUser/{name}"} for name in "xy"],
    "relays": [],
    "pairs": [],
    "leftOut": [],
}
FUZZED = {
    "seed": 1,
    "sequences": 300,
    "steps": 900,
    "medianSteps": 3,
    "pastValidation": 0.5,
    "diverged": 0,
    "durationMs": 5,
    "coverage": [{"operation": "getUser", "status": 200, "sequences": 12}],
    "classes": {"path": 7},
    "divergences": [],
}
# Replaces the tool: writes the findings that a test gives it.
TOOL = """#!/bin/sh
for folder; do :; done
mkdir -p "$folder"
case $1 in check) cp check "$folder/report.json";; *) cp fuzz "$folder/fuzz.json";; esac
echo "printed by $1"
exit "$(cat code)"
"""


@pytest.fixture
def baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs the command on given reports; the saved baseline is the fixture's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(kept, "KEPT", tmp_path)
    monkeypatch.setattr(command, "TOOL", tmp_path / "tool")
    (tmp_path / "tool").write_text(TOOL)
    (tmp_path / "tool").chmod(0o755)

    def run(
        *flags: str, checked: Any = CHECKED, fuzzed: Any = FUZZED, code: int = 0
    ) -> int:
        (tmp_path / "check").write_text(json.dumps(checked))
        (tmp_path / "fuzz").write_text(json.dumps(fuzzed))
        (tmp_path / "code").write_text(str(code))
        return command.main(["--port", "1", "--cloud-port", "2", *flags])

    assert run("--save") == 0
    return run


def test_run_like_the_kept_one_is_the_same(
    baseline: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    assert baseline() == 0

    assert capsys.readouterr().out == "".join(f"{name}: same\n" for name in RUNS)


def test_verdict_that_differs_is_printed_and_fails(
    baseline: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    red = [{"where": "status"}]
    failed = {**CHECKED["results"][1], "verdict": "failed", "mismatches": red}

    assert baseline(checked={**CHECKED, "results": [failed]}, code=1) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "http: differs; reports/baseline/http/report.json"
    assert re.match(r"-results getUser a: 2 passed \(\w{12}\)$", lines[1])
    assert re.match(r"\+results getUser a: 1 failed \(\w{12}\)$", lines[2])
    assert lines[3:5] == [
        "+results getUser/y a failed emulator",
        "+results getUser/y a failed: status",
    ]
    assert lines[-2:] == ["fuzz: same", kept.RENEW]


def test_status_that_fewer_sequences_reach_is_printed_and_fails(
    baseline: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    fewer = [{"operation": "getUser", "status": 200, "sequences": 11}]

    assert baseline(fuzzed={**FUZZED, "coverage": fewer, "durationMs": 6}) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[-3:-1] == ["-getUser 200 in 12", "+getUser 200 in 11"]


def test_divergence_is_printed_with_its_steps_and_places(
    baseline: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    steps = [{"operation": "createUser"}, {"operation": "getUser"}]
    differing = [{"where": "status"}, {"where": "body /name"}]
    one = {"alike": [3, 9], "steps": steps, "mismatches": differing}

    assert baseline(fuzzed={**FUZZED, "divergences": [one]}, code=1) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[-2] == "+diverged [3, 9]: createUser, getUser: body /name; status"


@pytest.mark.parametrize(("flags", "code"), [([], 2), (["--save"], 1)])
def test_run_that_cannot_be_judged_is_shown_and_not_kept(
    baseline: Callable[..., int],
    flags: list[str],
    code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = [kept.file_of(name).read_text("utf-8") for name in RUNS]
    capsys.readouterr()

    assert baseline(*flags, checked={**CHECKED, "results": []}, code=code) == 2

    assert "http: the run failed\nprinted by check\n" in capsys.readouterr().out
    assert [kept.file_of(name).read_text("utf-8") for name in RUNS] == before
