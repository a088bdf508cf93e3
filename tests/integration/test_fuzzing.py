"""Drawn sequences, the same in every run, show no difference between the two."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.baseline.kept import FUZZ, RENEW, SEED, SEQUENCES, differences
from tests.integration.conftest import Stack
from twinproof.commands.cli import main


def fuzz(stack: Stack, targets: list[str], sequences: int, *more: str) -> int:
    where = ["--endpoint", stack.endpoint, "--stack", "parity-python"]
    flags = [flag for target in targets for flag in ("--target", target)]
    size = ["--sequences", str(sequences), "--seed", str(SEED)]
    return main(["fuzz", *flags, *where, *size, *more])


def both(stack: Stack) -> list[str]:
    return [f"python={stack.url}", f"typescript={stack.typescript_url}"]


def test_few_sequences_tell_the_implementations_apart_nowhere(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    code = fuzz(stack, both(stack), 30)

    assert code == 0, capsys.readouterr().out


@pytest.mark.more
def test_no_sequence_tells_the_implementations_apart(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = fuzz(stack, both(stack), SEQUENCES, "--report", str(tmp_path))

    assert code == 0, capsys.readouterr().out
    report = json.loads((tmp_path / "fuzz.json").read_text("utf-8"))
    differing = differences(FUZZ, report)
    assert not differing, "\n".join([*differing, RENEW])
    assert report["medianSteps"] >= 8
    assert report["pastValidation"] >= 0.6


@pytest.mark.more
def test_one_target_on_both_sides_shows_no_difference(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    """The noise floor: a reported difference is not caused by the tool itself."""
    targets = [f"typescript={stack.typescript_url}", f"again={stack.typescript_url}"]

    code = fuzz(stack, targets, 100)

    assert code == 0, capsys.readouterr().out
