"""What is made of the ablation's figures: gains, how sure they are, the tables."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lab.bench import __main__ as command
from lab.bench import ablation, document, gains, packages, tricks
from lab.bench.contestants import Contestant, Package
from lab.bench.document import Document
from lab.bench.measuring import instructions
from lab.bench.tricks import Trick
from lab.documents import InputError
from lab.sandboxed import MeasureError

FOUND = {"as it is": [3.0, 3.0, 3.0], "a trick": [4.0, 6.0, 4.0]}


def contestant(folder: Path, name: str, octets: int) -> Contestant:
    folder.mkdir()
    (folder / "users_handler.py").write_bytes(b"x" * octets)
    package = Package(folder, 0, "users_handler.handler", "python3.11")
    return Contestant("python", name, name, package, package)


@pytest.fixture
def both(tmp_path: Path) -> tuple[Contestant, Contestant]:
    """Ours, and a copy that has a quarter more octets."""
    ours = contestant(tmp_path / "ours", "as it is", 80)
    return ours, contestant(tmp_path / "copy", "a trick", 100)


def run_of(both: tuple[Contestant, Contestant]) -> Document:
    trick = Trick("a trick", lambda _: None)
    rows = [
        gains.row(trick, *both, FOUND),
        gains.row(replace(trick, warm=True), *both, FOUND),
    ]
    return gains.whole(rows, 0.5, 3)


# ---- gains --------------------------------------------------------------------------


def test_a_gain_is_a_part_of_what_the_copy_without_it_needs(
    both: tuple[Contestant, Contestant],
) -> None:
    row = run_of(both)["rows"][0]
    assert row["gain"] == {"median": 0.25, "low": 0.25, "high": 0.5}
    assert row["octetsGain"] == 0.2


def test_what_is_missing_would_gain_what_the_copy_with_it_needs_less(
    both: tuple[Contestant, Contestant],
) -> None:
    trick = Trick("a trick", lambda _: None, missing=True)
    faster = {"as it is": [4.0], "a trick": [3.0]}
    assert gains.row(trick, *both, faster)["gain"]["median"] == 0.25


@pytest.mark.parametrize(
    ("number", "skipped"), [(1, 0), (6, 0), (8, 0), (9, 1), (15, 3), (25, 7)]
)
def test_where_a_median_lies_is_told_by_how_many_rounds_there_are(
    number: int, skipped: int
) -> None:
    """The ranks are those of tables of the sign test at 5 %, both sides."""
    found = gains.certain([float(value) for value in range(number)])
    assert found["low"] == skipped
    assert found["high"] == number - 1 - skipped
    assert found["median"] == (number - 1) / 2


def test_a_run_that_breaks_its_schema_is_not_read(
    both: tuple[Contestant, Contestant], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gains, "KEPT", tmp_path / "ablation.json")
    found = run_of(both)
    document.save(found, gains.KEPT)
    assert gains.kept() == found
    gains.KEPT.write_text(json.dumps({**found, "host": "somewhere"}))
    with pytest.raises(InputError):
        gains.kept()


# ---- tables -------------------------------------------------------------------------


def test_each_table_has_its_tricks(both: tuple[Contestant, Contestant]) -> None:
    lines = gains.markdown(run_of(both)).splitlines()
    assert lines[2] == "| Python: a trick | 25 % (25 to 50) | 20 % |"
    assert lines[6] == "| Python: a trick | 25.0 % | 20 % |"


def test_tables_that_drifted_are_told_and_then_written(
    both: tuple[Contestant, Contestant],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "PAGE.md"
    names = ("bench", "reach", "ablation")
    path.write_text("".join(f"<!-- {n} -->\n<!-- /{n} -->\n" for n in names))
    monkeypatch.setattr(command, "PAGE", path)
    monkeypatch.setattr(gains, "KEPT", tmp_path / "ablation.json")
    document.save(run_of(both), gains.KEPT)
    assert command.main(["--table", "--check"]) == 1
    assert "PAGE.md: a table is not that" in capsys.readouterr().out
    assert command.main(["--table"]) == 0
    assert command.main(["--table", "--check"]) == 0


# ---- tricks -------------------------------------------------------------------------


def test_every_trick_of_ours_is_in_the_kept_run() -> None:
    known = [
        (language, trick.name)
        for language, part in tricks.BY_LANGUAGE.items()
        for trick in part
    ]
    assert [(row["language"], row["trick"]) for row in gains.kept()["rows"]] == known


def test_a_trick_whose_text_is_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / "users_handler.py").write_text("")
    collector = next(one for one in tricks.PYTHON if "collector" in one.name)
    with pytest.raises(MeasureError, match=r"has no 'gc\.disable"):
        collector.undo(tmp_path)


def test_a_machine_that_cannot_measure_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: str) -> Contestant:
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
