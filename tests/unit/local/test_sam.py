"""A failure of SAM CLI is one line: the cause, and the path of the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.deploy import sam


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sam, "STATE", tmp_path / "state")
    monkeypatch.setattr(sam, "SAM", tmp_path / "sam")
    return tmp_path


def program(folder: Path, text: str) -> None:
    (folder / "sam").write_text(f"#!/bin/sh\n{text}\n")
    (folder / "sam").chmod(0o755)


def run(folder: Path) -> None:
    sam.sam(["build", "--debug"], folder / "logs" / "build.log", {"PATH": "/bin"})


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Building\nbuild: no wheel\nmake: *** failed\nError: Make", "no wheel"),
        ("Building\nError: Makefile not found\n\nBye", "Makefile not found"),
        ("cannot import name x", "cannot import name x"),
        ("", "it said nothing"),
    ],
)
def test_the_cause_is_told_in_one_line(folder: Path, said: str, reason: str) -> None:
    program(folder, f"printf '%s' '{said}'; exit 1")
    with pytest.raises(sam.SamError) as failure:
        run(folder)
    log = folder / "logs" / "build.log"
    assert str(failure.value) == f"sam build: {reason} (see {log})"


def test_it_is_silent_where_all_is_well_and_its_words_are_kept(folder: Path) -> None:
    program(folder, 'echo "$1 telemetry=$SAM_CLI_TELEMETRY"')
    run(folder)
    log = (folder / "logs" / "build.log").read_text()
    assert log == "build telemetry=0\n"
