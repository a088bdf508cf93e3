"""`twinproof fuzz` on the command line: its output and its exit codes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests.plugin.conftest import prepared_of
from tests.plugin.fake_http import serving
from tests.plugin.fuzz_fake import Sturdy
from twinproof.commands import cli
from twinproof.contract.config import FuzzGoals, Gateway
from twinproof.contract.openapi import Contract
from twinproof.errors import DataUnreachable, NoAnswer
from twinproof.exchange.model import Exchange, Request, Response
from twinproof.fuzz.coverage import FuzzCoverage, documented, unreachable
from twinproof.fuzz.fuzzer import FuzzRun
from twinproof.fuzz.playing import ExchangePair, PlanPlayed
from twinproof.report.fuzz_console import FuzzProgress
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.target import Target

Fuzz = Callable[..., int]

GOALS = FuzzGoals()


@pytest.fixture
def fuzz(monkeypatch: pytest.MonkeyPatch) -> Fuzz:
    """Run `twinproof fuzz` on a correct fake and one with a fault."""

    def run(*options: str, fault: str = "", writes: str = "any", only: int = 2) -> int:
        left, right = Sturdy(), Sturdy(fault)
        right.store = left.store
        with ExitStack() as stack:
            urls = [stack.enter_context(serving(fake)) for fake in (left, right)]
            left.base = right.base = "http://127.0.0.1:1"
            by_url = dict(zip(urls, (left, right), strict=True))

            def prepared(target: Target, _: Contract) -> PreparedTarget:
                return prepared_of(by_url[target.url], target.url, writes)

            monkeypatch.setattr(cli, "prepare", prepared)
            named = zip(("left", "right"), urls, strict=True)
            flags = [f"--target={name}={url}" for name, url in named][:only]
            return cli.main(["fuzz", *flags, "--workers", "1", *options])

    return run


def test_equal_targets_print_the_coverage_and_one_line(
    fuzz: Fuzz, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz("--sequences", "20", "--seed", "7") == 0

    out, err = capsys.readouterr()
    assert "DIVERGED" not in out
    lines = out.splitlines()
    assert lines[0] == "statuses, and in how many of 20 sequences they occurred:"
    assert lines[-1].startswith("20 sequences of seed 7, ")
    assert ": 0 diverged (" in lines[-1]
    assert err == ""


def test_unprintable_text_is_escaped_on_the_console_and_in_the_reports(
    fuzz: Fuzz, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--sequences", "10", "--report", str(tmp_path)]

    assert fuzz(*options, "--save", str(tmp_path / "saved"), fault="unprintable") == 1

    out, err = capsys.readouterr()
    assert (err, "not run" in out) == ("", False)
    assert r"body /\ud800\x9b\nx" in out
    assert all(line.isprintable() for line in out.split("\n"))
    report = json.loads((tmp_path / "fuzz.json").read_text("utf-8"))
    assert report["divergences"]
    assert any("U+D800" in page.read_text("utf-8") for page in tmp_path.glob("*.html"))


def test_two_targets_without_an_answer_are_no_divergence(
    fuzz: Fuzz, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def silent(*_: object) -> None:
        raise NoAnswer("gone")

    monkeypatch.setattr("twinproof.exchange.drivers.Http.send", silent)

    assert fuzz("--sequence", "1") == 2

    out, err = capsys.readouterr()
    assert "not run: sequence 1: gone" in out
    assert ("DIVERGED" in out, err) == (False, "")


def test_divergence_is_exit_code_1_and_is_reported(
    fuzz: Fuzz, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "report"
    options = ("--sequences", "4", "--report", str(folder), "--save", str(tmp_path))

    assert fuzz(*options, fault="extra header") == 1

    assert "DIVERGED" in capsys.readouterr().out
    assert json.loads((folder / "fuzz.json").read_text())["diverged"] > 0
    assert "DIVERGED" in (folder / "fuzz.html").read_text().upper()
    assert list((tmp_path / "cases").iterdir())


def test_one_sequence_by_its_number(
    fuzz: Fuzz, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz("--seed", "7", "--sequence", "12") == 0

    assert capsys.readouterr().out.splitlines()[-1].startswith("1 sequence of seed 7")


def test_seeds_are_drawn_and_each_without_a_difference_is_one_line(
    fuzz: Fuzz, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz("--sequences", "2", "--seeds", "3") == 0

    lines = capsys.readouterr().out.splitlines()
    seeds = {
        line.partition(",")[0].removeprefix("2 sequences of seed ") for line in lines
    }
    assert len(lines) == len(seeds) == 3
    assert all(0 <= int(seed) < 1_000_000 for seed in seeds)


def test_seed_that_diverges_is_printed_in_full_and_the_next_is_still_played(
    fuzz: Fuzz, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz("--sequences", "4", "--seeds", "2", fault="extra header") == 1

    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("DIVERGED ") for line in lines) >= 2
    assert sum(line.startswith("4 sequences of seed ") for line in lines) == 2


@pytest.mark.parametrize("seed", ["647620", "324679"])
def test_request_without_a_path_is_played(
    fuzz: Fuzz, capsys: pytest.CaptureFixture[str], seed: str
) -> None:
    fuzz("--sequence", "1", "--seed", seed, fault="extra header")

    assert "not run" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "options",
    [
        ("--seeds", "0"),
        ("--seeds", "1000001"),
        ("--seeds", "2", "--sequence", "1"),
        ("--seeds", "2", "--report", "reports"),
    ],
)
def test_seeds_that_cannot_be_drawn_or_named_in_a_report_are_refused(
    fuzz: Fuzz, capsys: pytest.CaptureFixture[str], options: tuple[str]
) -> None:
    assert fuzz(*options) == 2

    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("twinproof: --seeds ")


@pytest.mark.parametrize("writes", ["none", "own-records"])
def test_target_that_may_not_be_written_to_is_refused(
    fuzz: Fuzz, capsys: pytest.CaptureFixture[str], writes: str
) -> None:
    assert fuzz(writes=writes) == 2

    assert capsys.readouterr().err.startswith("twinproof: fuzz needs `writes: any`, ")


@pytest.mark.parametrize(
    "options", [("--sequences", "0"), ("--workers", "0"), ("--first", "-1")]
)
def test_numbers_that_make_no_run_are_refused(fuzz: Fuzz, options: tuple[str]) -> None:
    assert fuzz(*options) == 2


def test_one_target_is_not_enough(
    fuzz: Fuzz, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz(only=1) == 2

    assert "two targets; 1 given" in capsys.readouterr().err


def test_contract_that_draws_no_sequences_is_one_line(
    fuzz: Fuzz, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("contract.plugin.Service.drawing", None)

    assert fuzz() == 2

    line = "twinproof: the plugin of the contract draws no sequences\n"
    assert capsys.readouterr() == ("", line)


def test_sequence_that_could_not_be_played_is_exit_code_2(
    fuzz: Fuzz, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise DataUnreachable("no table")

    monkeypatch.setattr("tests.plugin.fake_store.FakeStore.write", broken)

    assert fuzz("--sequences", "40", "--seed", "7") == 2

    assert ": no table" in capsys.readouterr().out


def test_progress_is_shown_on_a_terminal_only() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, file = Terminal(), io.StringIO()
    fuzzed = FuzzRun(1, "0badcafe", ("a", "b"), FuzzCoverage(sequences=3), seconds=1.5)
    for out in (terminal, file):
        progress = FuzzProgress(9, out)
        progress(fuzzed)
        progress.clear()

    assert "3 of 9 sequences, 0 diverged, 2.0 per second" in terminal.getvalue()
    assert file.getvalue() == ""


def test_every_documented_status_is_counted_or_has_its_cause(
    contract: Contract,
) -> None:
    causes = unreachable(contract)

    assert {status for _, status in causes} == {409, 500, 503}
    assert ("createUser", 409) not in causes
    assert len(documented(contract)) == sum(
        len(operation.responses) for operation in contract.operations.values()
    )


def test_full_run_below_the_floor_misses_its_goals(contract: Contract) -> None:
    coverage = FuzzCoverage(sequences=GOALS.full_run, lengths=[9], steps=10, past=7)
    coverage.statuses.update(dict.fromkeys(documented(contract), 50))
    assert coverage.meets_goals(contract)

    coverage.statuses["getUser", 304] = 49

    assert coverage.short(contract) == [("getUser", 304)]
    assert not coverage.meets_goals(contract)


@pytest.mark.parametrize(("lengths", "past"), [([7], 7), ([9], 5)])
def test_full_run_of_short_or_refused_sequences_misses_its_goals(
    contract: Contract, lengths: list[int], past: int
) -> None:
    coverage = FuzzCoverage(
        sequences=GOALS.full_run, lengths=lengths, steps=10, past=past
    )
    coverage.statuses.update(dict.fromkeys(documented(contract), 50))

    assert not coverage.meets_goals(contract)


def test_coverage_uses_the_goals_of_the_contract(contract: Contract) -> None:
    """A smaller full run, with lower goals, another marker and another refusal."""
    goals = FuzzGoals(2, 10, 1, 0.5, frozenset({422}))
    config = replace(contract.config, fuzz=goals, gateway=Gateway("x-served"))
    coverage, sent = FuzzCoverage.of(config), Request("GET", "/users")
    served = [Response(status, (("x-served", "1"),)) for status in (422, 400, 413)]
    answers: list[ExchangePair] = [
        (Exchange("listUsers", sent, each, 0, 0, 1), None)
        for each in (*served, Response(403))
    ]

    coverage.note(PlanPlayed(None, answers), [()] * 4)
    coverage.sequences = 10

    assert {status for _, status in coverage.statuses} == {422, 400, 413}
    assert (coverage.past, coverage.floor) == (2, 2)
    assert not coverage.meets_goals(contract)
    coverage.statuses.update(dict.fromkeys(documented(contract), 2))
    assert coverage.meets_goals(contract)


def test_floor_of_a_part_is_its_share(contract: Contract) -> None:
    assert FuzzCoverage(sequences=2_000).floor == 5
    assert FuzzCoverage(sequences=GOALS.full_run * 2).floor == 50
    assert FuzzCoverage(sequences=10).meets_goals(contract)
