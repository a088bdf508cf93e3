"""The list of differences between the local stack and the template."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from local.commands import gaps
from local.commands.gaps import Gaps, published
from local.model import Cors, Deployment

ONE = Deployment(
    stack="parity-python",
    endpoint="",
    region="",
    functions={},
    routes={},
    cors=Cors((), (), (), (), 0),
    left_out=("TLS is not demanded",),
    applied_afterwards=("UsersTable: time to live on ttl", "lifecycle"),
)
OTHER = replace(ONE, left_out=("TLS is not demanded", "the warming rule"))


def test_what_both_stacks_lack_is_counted_once() -> None:
    summary = Gaps([ONE, OTHER]).summary(4566)
    assert summary == "2 left out, 2 applied afterwards; make gaps lists them"


def test_command_names_the_port_of_its_stack() -> None:
    assert Gaps([ONE]).summary(5566).endswith("; make gaps CLOUD_PORT=5566 lists them")


def test_command_lists_the_gaps_while_the_stack_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gaps, "STATE", tmp_path)
    folder = gaps.folder_of(4566)
    folder.mkdir()

    with Gaps([ONE, OTHER]).publish(folder):
        code = gaps.main([])

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "left out, the emulator cannot hold it:",
        "  TLS is not demanded",
        "  the warming rule",
        "applied afterwards, the emulator dropped it:",
        "  UsersTable: time to live on ttl",
        "  lifecycle",
    ]


def test_stack_without_gaps_says_so(tmp_path: Path) -> None:
    with Gaps([replace(ONE, left_out=())]).publish(tmp_path):
        listed = published(tmp_path)
    assert listed is not None
    assert listed.splitlines()[1] == "  nothing"


def test_list_that_a_killed_stack_left_is_not_shown(tmp_path: Path) -> None:
    Gaps([ONE]).publish(tmp_path).close()
    assert published(tmp_path) is None


def test_without_a_stack_the_command_is_one_line_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gaps, "STATE", tmp_path)

    code = gaps.main(["--cloud-port", "4600"])

    printed = capsys.readouterr()
    assert code == 2
    assert printed.out == ""
    assert printed.err == (
        "gaps: no local stack runs with CLOUD_PORT=4600; start one with: make start\n"
    )
