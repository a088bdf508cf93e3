"""What is made of a run's figures: ratios, the document, the table, the page."""

from __future__ import annotations

import copy
import json
import platform
from typing import TYPE_CHECKING

import jsonschema
import pytest

from bench import __main__ as command
from bench import document, limits, page, reach, table
from bench.ratios import against, spread

if TYPE_CHECKING:
    from pathlib import Path

    from bench.document import Document


def test_a_spread_is_the_median_with_its_quartiles() -> None:
    assert spread([4, 1, 3, 2, 5]) == {"median": 3, "low": 2, "high": 4}
    assert spread([7]) == {"median": 7, "low": 7, "high": 7}


def test_a_ratio_is_of_neighbours_in_one_round_and_not_of_medians() -> None:
    """The second round was twice as slow for both: their ratio does not know it."""
    assert against([1, 2, 3], [2, 4, 3])["median"] == 0.5
    with pytest.raises(ValueError, match="shorter"):
        against([1, 2], [1])


def test_everything_is_told_against_the_floor_and_against_ours(made: Document) -> None:
    ours, floor = made["languages"]["python"]["contestants"]
    assert ours["cold"]["get"]["toFloor"]["median"] == 0.5
    assert floor["cold"]["get"]["oursToThis"]["median"] == 0.5
    assert ours["cold"]["get"]["firstMs"]["median"] == 100.0
    assert ours["warm"]["list"]["us"]["median"] == 1000.0
    assert ours["alone"]["get"]["instructionsToFloor"] == 0.75
    assert "instructions" not in ours["alone"]["create"], "it was not counted"


def test_results_that_break_their_schema_are_not_read(
    made: Document, tmp_path: Path
) -> None:
    path = tmp_path / "results.json"
    document.save(made, path)
    assert document.load(path) == made
    path.write_text(json.dumps({**made, "host": "somewhere"}))
    with pytest.raises(jsonschema.ValidationError):
        document.load(path)


def test_no_result_names_the_machine_or_a_path(made: Document, tmp_path: Path) -> None:
    text = json.dumps(made)
    assert str(tmp_path) not in text
    assert platform.node() not in text


# ---- limits -------------------------------------------------------------------------


def test_what_keeps_its_limits_is_passed_over(made: Document) -> None:
    assert list(limits.exceeded(made)) == []


def test_each_limit_that_is_exceeded_is_told(made: Document) -> None:
    broken = copy.deepcopy(made)
    ours = broken["languages"]["python"]["contestants"][0]
    ours["packages"]["users"]["zipOctets"] = 9_000_000
    ours["cold"]["get"]["modules"] = 9_000
    ours["calls"]["get"] = {"GetItem": 2}
    assert list(limits.exceeded(broken)) == [
        "python: zip of users is 9000000, more than 7000000",
        f"python: modules for get is 9000, more than {most('modules for get')}",
        "python: get calls {'GetItem': 2}, not {'GetItem': 1}",
    ]


def most(name: str) -> int:
    found: int = json.loads(limits.LIMITS.read_text())["most"]["python"][name]
    return found


# ---- table and page -----------------------------------------------------------------


def test_the_terminal_s_table_has_a_row_for_each(made: Document) -> None:
    lines = table.terminal(made).splitlines()
    assert lines[0] == "Python (python3.13), CPU against bare boto3"
    assert lines[3].startswith("ours & <co>  100 ms x0.50")
    assert lines[4].startswith("bare boto3   200 ms x1.00")


def test_the_readme_s_table_is_written_between_its_marks(made: Document) -> None:
    readme = f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n"
    written = table.with_table(readme, table.markdown(made))
    assert written.startswith(f"before\n{table.BEGIN}\n")
    assert written.endswith(f"{table.END}\nafter\n")
    assert "| ours & <co> / bare boto3 | 0.50 (0.50-0.50) |" in written
    assert "old" not in written
    assert table.with_table(written, table.markdown(made)) == written


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Pages with the marks of their tables, and a place for the results."""
    readme, performance = tmp_path / "README.md", tmp_path / "performance.md"
    readme.write_text(f"{table.BEGIN}{table.END}")
    performance.write_text(f"{reach.BEGIN}{reach.END}")
    monkeypatch.setattr(command, "README", readme)
    monkeypatch.setattr(command, "PAGE", performance)
    monkeypatch.setattr(document, "KEPT", tmp_path / "latest.json")
    return readme, performance


@pytest.mark.usefixtures("kept")
def test_a_table_that_drifted_is_told_and_then_written(
    both: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    document.save(both, document.KEPT)
    assert command.main(["--table", "--check"]) == 1
    assert "README.md" in (out := capsys.readouterr().out)
    assert "performance.md" in out
    assert command.main(["--table"]) == 0
    assert command.main(["--table", "--check"]) == 0


@pytest.mark.parametrize(
    "text",
    [
        "no marks",
        f"{table.BEGIN}\nno end",
        f"no beginning\n{table.END}",
        f"{table.END}{table.BEGIN}",
        f"{table.BEGIN}{table.END}{table.BEGIN}{table.END}",
    ],
)
def test_a_page_without_its_marks_is_an_error_and_stays_as_it_is(
    both: Document,
    kept: tuple[Path, Path],
    text: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    document.save(both, document.KEPT)
    kept[0].write_text(text)
    assert command.main(["--table"]) == 2
    assert kept[0].read_text() == text
    said = capsys.readouterr().err
    assert said.startswith("bench: README.md needs once each")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["--quick", "--save"], ["--check"], ["--quick", "--check"]]
)
def test_arguments_that_do_not_go_together_are_refused(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "run", lambda _: 0)
    with pytest.raises(SystemExit, match="2"):
        command.main(arguments)


# ---- goals --------------------------------------------------------------------------


def test_what_is_not_reached_is_bold(both: Document) -> None:
    rows = reach.markdown(both).splitlines()
    assert "| 0.45 | **get 0.50 (0.50-0.50)**, **asset 0.50 (0.50-0.50)** |" in rows[4]
    assert rows[4].endswith("| 0.75 | get 0.50 (0.50-0.50), asset 0.50 (0.50-0.50) |")
    assert "| get 0.75 of the instructions |" in rows[6], "where they were counted"


@pytest.mark.parametrize(
    ("most", "number"), [("0.45", 0.45), ("20 µs", 20), ("7 MB", 7e6)]
)
def test_a_goal_is_a_number_with_its_unit(most: str, number: float) -> None:
    assert reach.number(most) == number


def test_the_page_has_a_plot_of_each_and_no_markup_of_labels(made: Document) -> None:
    text = page.page(made)
    assert text.count("<svg") == 10
    assert "ours &amp; &lt;co&gt;" in text
    assert "<co>" not in text
    assert "script" not in text
