"""The contract suite against the local stack, over HTTP and by Lambda Invoke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract.suite.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.integration.conftest import Stack


def check(stack: Stack, target: str, *more: str) -> int:
    where = ["--endpoint", stack.endpoint, "--lambda-endpoint", stack.lambda_endpoint]
    return main(["check", "--target", target, *where, *more])


def test_every_case_and_journey_holds_over_http(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = check(stack, f"python={stack.url}", "--report", str(tmp_path))

    printed = capsys.readouterr()
    assert code == 0, printed.out + printed.err
    assert {file.suffix for file in tmp_path.iterdir()} == {".json", ".xml"}


def test_every_case_holds_by_invoke_with_its_log_lines(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    code = check(stack, "python=lambda:")

    printed = capsys.readouterr()
    assert code == 0, printed.out + printed.err
