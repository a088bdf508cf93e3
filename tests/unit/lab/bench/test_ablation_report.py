"""The ablation report: gains, their confidence intervals, the tables."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lab.bench import __main__ as command
from lab.bench import ablation, ablation_report, document, optimizations, packages
from lab.bench.candidates import Candidate, Package
from lab.bench.document import Document
from lab.bench.measuring import instructions
from lab.bench.optimizations import Optimization
from lab.documents import InputError
from lab.sandboxed import MeasureError

FOUND = {"as it is": [3.0, 3.0, 3.0], "an optimization": [4.0, 6.0, 4.0]}


def candidate(folder: Path, name: str, size: int) -> Candidate:
    folder.mkdir()
    (folder / "users_handler.py").write_bytes(b"x" * size)
    package = Package(folder, 0, "users_handler.handler", "python3.11")
    return Candidate("python", name, name, package, package)


@pytest.fixture
def both(tmp_path: Path) -> tuple[Candidate, Candidate]:
    """Ours, and a copy that has a quarter more bytes."""
    ours = candidate(tmp_path / "ours", "as it is", 80)
    return ours, candidate(tmp_path / "copy", "an optimization", 100)


def run_of(both: tuple[Candidate, Candidate]) -> Document:
    optimization = Optimization("an optimization", lambda _: None)
    rows = [
        ablation_report.row(optimization, *both, FOUND),
        ablation_report.row(replace(optimization, warm=True), *both, FOUND),
    ]
    return ablation_report.whole(rows, 0.5, 3)


# ---- gains --------------------------------------------------------------------------


def test_a_gain_is_a_share_of_what_the_copy_without_it_needs(
    both: tuple[Candidate, Candidate],
) -> None:
    row = run_of(both)["rows"][0]
    assert row["gain"] == {"median": 0.25, "low": 0.25, "high": 0.5}
    assert row["bytesGain"] == 0.2


def test_the_gain_of_a_missing_optimization_is_what_the_copy_with_it_saves(
    both: tuple[Candidate, Candidate],
) -> None:
    optimization = Optimization("an optimization", lambda _: None, missing=True)
    faster = {"as it is": [4.0], "an optimization": [3.0]}
    assert ablation_report.row(optimization, *both, faster)["gain"]["median"] == 0.25


@pytest.mark.parametrize(
    ("number", "skipped"), [(1, 0), (6, 0), (8, 0), (9, 1), (15, 3), (25, 7)]
)
def test_more_rounds_narrow_the_confidence_interval_of_a_median(
    number: int, skipped: int
) -> None:
    """The ranks are those of the two-sided sign test at 5 %."""
    found = ablation_report.median_with_confidence(
        [float(value) for value in range(number)]
    )
    assert found["low"] == skipped
    assert found["high"] == number - 1 - skipped
    assert found["median"] == (number - 1) / 2


def test_a_run_that_breaks_its_schema_is_not_read(
    both: tuple[Candidate, Candidate], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ablation_report, "KEPT", tmp_path / "ablation.json")
    found = run_of(both)
    document.save(found, ablation_report.KEPT)
    assert ablation_report.kept() == found
    ablation_report.KEPT.write_text(json.dumps({**found, "host": "somewhere"}))
    with pytest.raises(InputError):
        ablation_report.kept()


# ---- tables -------------------------------------------------------------------------


def test_each_table_has_its_optimizations(both: tuple[Candidate, Candidate]) -> None:
    lines = ablation_report.markdown(run_of(both)).splitlines()
    assert lines[2] == "| Python: an optimization | 25 % (25 to 50) | 20 % |"
    assert lines[6] == "| Python: an optimization | 25.0 % | 20 % |"


def test_stale_tables_are_reported_and_then_written(
    both: tuple[Candidate, Candidate],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = ("bench", "goals", "ablation")
    path = tmp_path / "PAGE.md"
    path.write_text("".join(f"<!-- {n} -->\n<!-- /{n} -->\n" for n in names))
    monkeypatch.setattr(command, "PAGE", path)
    monkeypatch.setattr(ablation_report, "KEPT", tmp_path / "ablation.json")
    document.save(run_of(both), ablation_report.KEPT)
    assert command.main(["--table", "--check"]) == 1
    assert "PAGE.md: its tables do not match" in capsys.readouterr().out
    assert command.main(["--table"]) == 0
    assert command.main(["--table", "--check"]) == 0


# ---- optimizations ------------------------------------------------------------------


def test_every_optimization_of_ours_is_in_the_kept_run() -> None:
    known = [
        (language, optimization.name)
        for language, part in optimizations.BY_LANGUAGE.items()
        for optimization in part
    ]
    assert [
        (row["language"], row["optimization"]) for row in ablation_report.kept()["rows"]
    ] == known


def test_an_optimization_whose_text_is_missing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "users_handler.py").write_text("")
    collector = next(one for one in optimizations.PYTHON if "collector" in one.name)
    with pytest.raises(MeasureError, match=r"has no 'gc\.disable"):
        collector.undo(tmp_path)


def test_a_machine_without_the_runtime_is_an_error_of_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: str) -> Candidate:
        raise MeasureError("no such runtime")

    monkeypatch.setattr(instructions, "available", lambda: True)
    monkeypatch.setattr(packages, "ours", refuse)
    assert ablation.main([]) == 2
    assert capsys.readouterr().err == "ablation: no such runtime\n"


def test_without_valgrind_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(instructions, "available", lambda: False)
    assert ablation.main([]) == 2
    assert capsys.readouterr().err.startswith("ablation: needs valgrind")
