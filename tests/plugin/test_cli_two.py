"""`twinproof check` with two targets: compared, relayed, known failures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.plugin.conftest import prepared_of
from tests.plugin.fake_http import serving
from tests.plugin.fake_service import Fake
from twinproof.commands import cli
from twinproof.contract.openapi import Contract
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.target import Target


@pytest.fixture
def check_both(
    small_contract: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Run `twinproof check` on a correct fake and a deviant one, over the same data."""

    def run(*options: str, fault: str = "") -> int:
        right, other = Fake(), Fake(fault)
        other.store = right.store
        with serving(right) as here, serving(other) as there:
            other.base = right.base
            fakes = {"one": (right, here), "two": (other, there)}

            def prepared(target: Target, _: Contract) -> PreparedTarget:
                made = prepared_of(*fakes[target.name])
                return replace(made, target=replace(made.target, name=target.name))

            monkeypatch.setattr(cli, "prepare", prepared)
            flags = ["--target", f"one={here}", "--target", f"two={there}"]
            return cli.main(
                ["--contract", str(small_contract), "check", *flags, *options]
            )

    return run


def test_two_targets_are_compared_and_take_turns(
    check_both: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_both() == 0

    line = capsys.readouterr().out.splitlines()[-1]
    assert line.startswith(
        "13 cases, 2 journeys, 2 targets, 13 pairs, 4 relays: "
        "47 passed, 0 failed, 0 known ("
    )


def test_difference_prints_the_values_of_both_targets(
    check_both: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_both("--case", "getUser", "--stack", "s", fault="wrong problem") == 1

    lines = capsys.readouterr().out.splitlines()
    start = lines.index("FAILED getUser/does-not-know-the-id   [one | two]")
    assert lines[start + 1].split() == [
        *("body", "/title", "one", '"There', "is", "no", "such", 'resource"'),
    ]
    assert lines[start + 2].split() == ["two", '"Not', 'found"']
    rerun = next(line for line in lines[start:] if line.startswith("  rerun"))
    assert "--target one=http://127.0.0.1:" in rerun
    assert "--target two=http://127.0.0.1:" in rerun
    assert rerun.endswith("--stack s --case getUser/does-not-know-the-id")


KNOWN_FAILURE = """\
- cases: [getUser/does-not-know-the-id]
  reason: it says the title its own way
  cause: the fake has this fault
  evidence: own-code
  until: 2999-12-31
"""


def test_target_on_which_nothing_ran_is_an_error(
    check_both: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def why_not(_: object, prepared: PreparedTarget, __: object) -> str:
        return "no reason" if prepared.target.name == "two" else ""

    monkeypatch.setattr("twinproof.run.runner.why_not", why_not)

    assert check_both("--case", "getUser") == 2
    assert capsys.readouterr().err == "twinproof: nothing ran on two: no reason\n"


def test_what_is_known_does_not_fail(
    check_both: Callable[..., int],
    small_contract: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (small_contract / "known-failures").mkdir()
    (small_contract / "known-failures/two.yaml").write_text(KNOWN_FAILURE)

    assert check_both("--case", "getUser", fault="wrong problem") == 0
    assert "4 passed, 0 failed, 2 known (" in capsys.readouterr().out

    assert check_both("--case", "getUser") == 1
    out = capsys.readouterr().out
    assert "STALE getUser/does-not-know-the-id   [two]" in out
    assert "5 passed, 0 failed, 0 known, 1 stale (" in out
