"""The results of a run: ratios, the document, the tables, the page."""

from __future__ import annotations

import asyncio
import copy
import json
import platform
import re
from pathlib import Path

import pytest

from lab.bench import __main__ as command
from lab.bench import document, goals, limits, packages, page, table
from lab.bench.candidates import OURS, Candidate, Package
from lab.bench.document import Document
from lab.bench.measuring import measure, processes
from lab.bench.ratios import against, spread
from lab.documents import InputError, read
from lab.sandboxed import MeasureError


def test_a_spread_is_the_median_and_its_quartiles() -> None:
    assert spread([4, 1, 3, 2, 5]) == {"median": 3, "low": 2, "high": 4}
    assert spread([7]) == {"median": 7, "low": 7, "high": 7}


def test_a_ratio_is_of_two_candidates_in_one_round_and_not_of_medians() -> None:
    """The second round was twice as slow for both, which does not change the ratio."""
    assert against([1, 2, 3], [2, 4, 3])["median"] == 0.5
    with pytest.raises(ValueError, match="shorter"):
        against([1, 2], [1])


def test_every_figure_has_ratios_to_the_floor_and_to_ours(made: Document) -> None:
    ours, floor = made["languages"]["python"]["candidates"]
    assert ours["cold"]["get"] == {
        "initMs": {"median": 11.0, "low": 10.4, "high": 11.6},
        "firstMs": {"median": 17.0, "low": 16.1, "high": 17.9},
        "toFloor": {"median": 0.145, "low": 0.138, "high": 0.153},
        "oursToThis": {"median": 1.0, "low": 1.0, "high": 1.0},
        "peakMb": 51,
        "modules": 100,
    }
    ratios = {
        (way, request): (
            found["toFloor"]["median"],
            floor[way][request]["toFloor"]["median"],
            floor[way][request]["oursToThis"]["median"],
        )
        for way in ("cold", "warm", "handlerOnly")
        for request, found in ours[way].items()
    }
    assert ratios == {
        ("cold", "get"): (0.145, 1.0, 0.145),  # 17 / 117
        ("cold", "asset"): (0.16, 1.0, 0.16),
        ("warm", "get"): (0.187, 1.0, 0.187),
        ("warm", "create"): (0.225, 1.0, 0.225),
        ("warm", "list"): (0.237, 1.0, 0.237),
        ("warm", "invalid"): (0.27, 1.0, 0.27),
        ("warm", "asset"): (0.291, 1.0, 0.291),
        ("handlerOnly", "get"): (0.301, 1.0, 0.301),
        ("handlerOnly", "create"): (0.32, 1.0, 0.32),
        ("handlerOnly", "invalid"): (0.346, 1.0, 0.346),
    }


def test_instructions_are_in_the_document_if_they_were_counted(made: Document) -> None:
    found = made["languages"]["python"]["candidates"][0]["handlerOnly"]
    assert (found["get"]["instructions"], found["create"]["instructions"]) == (300, 500)
    assert found["get"]["instructionsToFloor"] == 0.75
    assert found["create"]["instructionsToFloor"] == 0.556
    assert "instructions" not in found["invalid"]


def test_results_that_break_their_schema_are_not_read(
    made: Document, tmp_path: Path
) -> None:
    path = tmp_path / "results.json"
    document.save(made, path)
    assert read(path, document.SCHEMA) == made
    path.write_text(json.dumps({**made, "host": "somewhere"}))
    with pytest.raises(InputError, match=r"^results\.json: .*'host' was unexpected"):
        read(path, document.SCHEMA)


@pytest.mark.parametrize("text", ["{", "{}", "[]"])
def test_results_of_another_format_are_an_error_of_one_line(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    document.KEPT.write_text(text)
    assert command.main(["--table"]) == 2
    stderr = capsys.readouterr().err
    assert stderr.startswith("bench: latest.json")
    assert stderr.count("\n") == 1


def test_a_stub_that_does_not_start_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Python finds this package, which has no stub, before the real one.
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "__init__.py").touch()
    monkeypatch.setattr(processes, "ROOT", tmp_path)
    with (
        pytest.raises(MeasureError, match="stub does not start"),
        processes.stub(),
    ):
        pass


def test_a_bundle_that_cannot_be_loaded_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "users.js").write_text("throw new Error('broken')")
    package = Package(tmp_path, 1, "users.handler", packages.runtime("node"))
    one = Candidate("node", OURS, "ours", package, package)
    with pytest.raises(MeasureError, match="broken"):
        asyncio.run(measure.count(one, processes.StubProcess(9), measure.Figures()))


def test_no_result_names_the_machine_or_a_path(made: Document, tmp_path: Path) -> None:
    text = json.dumps(made)
    assert str(tmp_path) not in text
    assert platform.node() not in text


# ---- limits -------------------------------------------------------------------------


def test_results_within_the_limits_pass(made: Document) -> None:
    assert list(limits.exceeded(made)) == []


def test_each_exceeded_limit_is_reported(made: Document) -> None:
    broken = copy.deepcopy(made)
    ours = broken["languages"]["python"]["candidates"][0]
    ours["packages"]["users"]["zipBytes"] = 9_000_000
    ours["cold"]["get"]["modules"] = 9_000
    ours["calls"]["get"] = {"GetItem": 2}
    assert set(limits.exceeded(broken)) == {
        f"ours & <co>: zip of users is 9000000, more than {most('zip of users')}",
        f"ours & <co>: modules for get is 9000, more than {most('modules for get')}",
        "ours & <co>: get calls {'GetItem': 2}, not {'GetItem': 1}",
    }


def most(name: str) -> int:
    found: int = json.loads(limits.LIMITS.read_text())["most"]["python3.11"][name]
    return found


def test_a_peer_with_other_aws_calls_is_reported(made: Document) -> None:
    broken = copy.deepcopy(made)
    floor = broken["languages"]["python"]["candidates"][1]
    floor["calls"]["list"] = {"Query": 5}
    assert list(limits.exceeded(broken)) == [
        "bare boto3: list calls {'Query': 5}, not {'Query': 4}"
    ]


def test_a_runtime_without_limits_is_reported_as_not_checked(
    made: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    other = copy.deepcopy(made)
    other["languages"]["python"]["runtime"] = "python3.14"
    other["languages"]["python"]["candidates"][0]["cold"]["get"]["modules"] = 9_000
    assert list(limits.exceeded(other)) == []
    assert "NOT CHECKED: modules and bytes on python3.14" in capsys.readouterr().err


# Read now, because the tests replace the path.
MEASURED_LAST = read(document.KEPT, document.SCHEMA)


def test_limits_are_close_to_what_was_measured_last() -> None:
    """With more than 4 % of room, the loss of an optimization could go unnoticed.

    Node's package of assets got S3's PutObject after the kept run.
    """
    roomy = copy.deepcopy(MEASURED_LAST)
    for language, part in roomy["languages"].items():
        ours = part["candidates"][0]
        for cold in ours["cold"].values():
            cold["modules"] *= 1.04
        for function, package in ours["packages"].items():
            room = 1.08 if (language, function) == ("node", "assets") else 1.04
            package["zipBytes"] *= room
            package["unzippedBytes"] *= room
    assert list(limits.exceeded(MEASURED_LAST)) == []
    assert len(list(limits.exceeded(roomy))) == 12


# ---- table and page -----------------------------------------------------------------


def test_the_table_for_the_terminal_has_a_row_for_each_candidate(
    made: Document,
) -> None:
    title, _, heads, ours, floor = table.terminal(made).splitlines()
    assert title == "Python (python3.11), CPU against bare boto3"
    assert re.split("  +", heads.strip()) == [
        *["cold get", "cold asset"],
        *["warm get", "warm create", "warm list", "warm invalid", "warm asset"],
        *[
            "handler only get",
            "handler only create",
            "handler only invalid",
            "MiB",
            "zip",
            "modules",
        ],
    ]
    assert re.split("  +", ours) == [
        "ours & <co>",
        "17 ms x0.14 (0.14-0.15)",
        "19 ms x0.16 (0.15-0.17)",
        "23 us x0.19 (0.18-0.20)",
        "29 us x0.23 (0.21-0.24)",
        "31 us x0.24 (0.23-0.25)",
        "37 us x0.27 (0.26-0.28)",
        "41 us x0.29 (0.28-0.30)",
        "43 us x0.30 (0.29-0.32)",
        "47 us x0.32 (0.30-0.34)",
        "53 us x0.35 (0.33-0.36)",
        *["51", "110 KB", "100"],
    ]
    assert floor.startswith("bare boto3   117 ms x1.00 (1.00-1.00)")
    assert re.split("  +", floor)[-3:] == ["52", "1.1 MB", "101"]


def marks(name: str) -> str:
    return f"<!-- {name}: written by a command -->\n<!-- /{name} -->\n"


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page and a path for the results, so that no test writes the project's own."""
    page = tmp_path / "performance.md"
    page.write_text(marks("bench") + marks("goals") + marks("ablation"))
    monkeypatch.setattr(command, "PAGE", page)
    monkeypatch.setattr(document, "KEPT", tmp_path / "latest.json")
    return page


def test_a_row_of_the_table_is_the_ratio_of_ours_to_a_peer(both: Document) -> None:
    rows = [row for row in table.markdown(both).splitlines() if row.startswith("| ")]
    assert len(rows) == 2 + 3 + 5
    assert rows[0] == (
        "| our CPU time / theirs | first get | first asset | warm get "
        "| warm create | handler: get | create | zip |"
    )
    assert rows[2] == (
        "| ours & <co> / bare boto3 | 0.14 (0.14-0.15) | 0.16 (0.15-0.17) "
        "| 0.19 (0.18-0.20) | 0.23 (0.21-0.24) | 0.30 (0.29-0.32) "
        "| 0.32 (0.30-0.34) | 150 KB / 1.1 MB |"
    )
    assert rows[9] == (
        "| ours & <co> / Powertools with validation | 0.03 (0.03-0.04) "
        "| 0.04 (0.04-0.04) | 0.04 (0.04-0.05) | 0.06 (0.05-0.06) "
        "| 0.08 (0.07-0.08) | 0.09 (0.08-0.09) | 150 KB / 5.2 MB |"
    )


def test_a_megabyte_is_a_million() -> None:
    assert table.size(999_999) == "1000 KB"
    assert table.size(1_000_000) == "1.0 MB"


def test_a_stale_table_is_reported_and_then_written(
    both: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    document.save(both, document.KEPT)
    assert command.main(["--table", "--check"]) == 1
    assert "performance.md: its tables do not match" in capsys.readouterr().out
    assert command.main(["--table"]) == 0
    assert command.main(["--table", "--check"]) == 0


def test_a_page_without_its_marks_is_an_error_and_is_not_written(
    both: Document, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document.save(both, document.KEPT)
    kept.write_text("no marks")
    assert command.main(["--table"]) == 2
    assert kept.read_text() == "no marks"
    marked = "bench: performance.md: marks and tables differ: ablation, bench, goals\n"
    assert capsys.readouterr().err == marked


@pytest.mark.parametrize(
    "arguments", [["--quick", "--save"], ["--check"], ["--quick", "--check"]]
)
def test_arguments_that_exclude_each_other_are_refused(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "run", lambda _: 0)
    with pytest.raises(SystemExit, match="2"):
        command.main(arguments)


# ---- goals --------------------------------------------------------------------------


def test_each_goal_has_its_figures_and_those_that_miss_it_are_bold(
    both: Document,
) -> None:
    rows = [row for row in goals.markdown(both).splitlines() if row.startswith("| ")]
    assert rows[2:] == [
        (
            "| init and first request, against the bare SDK "
            "| 0.45 | get 0.14 (0.14-0.15), asset 0.16 (0.15-0.17) "
            "| 0.75 | get 0.14 (0.14-0.15), asset 0.16 (0.15-0.17) |"
        ),
        (
            "| the same against FastAPI + Mangum, Hono + zod "
            "| 0.25 | get 0.05 (0.05-0.06), asset 0.06 (0.06-0.06) "
            "| 0.55 | get 0.08 (0.07-0.08), asset 0.09 (0.08-0.09) |"
        ),
        (
            "| warm handler, against the bare SDK "
            "| 0.88 | get 0.75 of the instructions, create 0.56 of the instructions "
            "| 1.00 | get 0.30 (0.29-0.32), create 0.32 (0.30-0.34) |"
        ),
        (
            "| the same through Lambda's runtime "
            "|  | get 0.19 (0.18-0.20), create 0.23 (0.21-0.24) "
            "| 1.00 | get 0.19 (0.18-0.20), create 0.23 (0.21-0.24) |"
        ),
        (
            "| warm, against FastAPI + Mangum, Express "
            "| 0.65 | get 0.12 (0.12-0.13), create 0.14 (0.13-0.14) "
            "| 0.60 | get 0.10 (0.09-0.10), create 0.10 (0.10-0.11) |"
        ),
        (
            "| refusing an invalid body "
            "| 80 µs | 53 µs (50-56) | 20 µs | **53 µs (50-56)** |"
        ),
        "| zip | 7 MB | 150 KB | 130 KB | **150 KB** |",
    ]


def test_of_several_figures_only_those_that_miss_the_goal_are_bold(
    both: Document,
) -> None:
    ours = both["languages"]["python"]["candidates"][1]["cold"]
    ours["asset"]["oursToThis"] = {"median": 0.46, "low": 0.4, "high": 0.5}
    row = goals.markdown(both).splitlines()[2]
    assert "| 0.45 | get 0.14 (0.14-0.15), **asset 0.46 (0.40-0.50)** |" in row


@pytest.mark.parametrize(
    ("most", "number"), [("0.45", 0.45), ("20 µs", 20), ("7 MB", 7e6)]
)
def test_a_goal_is_a_number_with_its_unit(most: str, number: float) -> None:
    assert goals.number(most) == number


def test_the_page_has_a_plot_of_each_request_and_escapes_labels(made: Document) -> None:
    text = page.page(made)
    assert text.count("<svg") == 10
    behind = re.findall(r'<text class="quiet"[^>]*>([^<]*)<', text)
    assert behind[:4] == [
        "17 ms x0.14 (0.14-0.15)",
        "117 ms x1.00 (1.00-1.00)",
        "19 ms x0.16 (0.15-0.17)",
        "119 ms x1.00 (1.00-1.00)",
    ]
    assert behind[4::2] == [
        "23 µs x0.19 (0.18-0.20)",
        "29 µs x0.23 (0.21-0.24)",
        "31 µs x0.24 (0.23-0.25)",
        "37 µs x0.27 (0.26-0.28)",
        "41 µs x0.29 (0.28-0.30)",
        "43 µs x0.30 (0.29-0.32)",
        "47 µs x0.32 (0.30-0.34)",
        "53 µs x0.35 (0.33-0.36)",
    ]
    assert "ours &amp; &lt;co&gt;" in text
    assert "<co>" not in text
    assert "script" not in text
