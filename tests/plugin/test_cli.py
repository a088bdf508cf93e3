from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.plugin.conftest import prepared_of
from tests.plugin.fake_http import serving
from tests.plugin.fake_service import Fake
from twinproof.commands import cli
from twinproof.contract.openapi import Contract
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.target import Target


@pytest.fixture
def check(small_contract: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run `twinproof check` over the small cases on a fake with these faults."""

    def run(*options: str, fault: str = "", writes: str = "any") -> int:
        fake = Fake(fault)
        with serving(fake) as url:

            def prepared(_: Target, __: Contract) -> PreparedTarget:
                return prepared_of(fake, url, writes)

            monkeypatch.setattr(cli, "prepare", prepared)
            flags = ["--target", f"fake={url}"]
            return cli.main(
                ["--contract", str(small_contract), "check", *flags, *options]
            )

    return run


def test_run_without_failures_prints_one_line(
    check: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check() == 0

    out, err = capsys.readouterr()
    assert out.count("\n") == 1
    assert out.startswith(
        "13 cases, 2 journeys, 1 target: 15 passed, 0 failed, 0 known ("
    )
    assert err == ""


def test_failure_prints_both_values_and_the_rerun(
    check: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check("--case", "getUser", fault="wrong problem") == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "FAILED getUser/does-not-know-the-id   [fake]"
    assert 'expected "There is no such resource"   got "Not found"' in lines[1]
    assert lines[-2].endswith("--case getUser/does-not-know-the-id")
    assert lines[-2].startswith(
        "  rerun: twinproof check --target fake=http://127.0.0.1:"
    )
    assert lines[-1].startswith("2 cases, 1 target: 1 passed, 1 failed, 0 known")


def test_reports_are_written(check: Callable[..., int], tmp_path: Path) -> None:
    folder = tmp_path / "new" / "reports"

    assert check("--report", str(folder), fault="wrong problem") == 1

    report = json.loads((folder / "report.json").read_text())
    contract = Contract(Path("contract"))
    assert contract.schemas.faults("formats/report.json", report) == []
    assert report["counts"]["failed"] == 1
    suite = ET.parse(folder / "junit.xml").getroot()[0]  # noqa: S314 - our own file
    assert (suite.get("tests"), suite.get("failures")) == ("15", "1")
    [failure] = suite.iter("failure")
    assert "FAILED getUser/does-not-know-the-id" in (failure.text or "")


def test_without_writes_only_reads_run(
    check: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(writes="none") == 0

    out = capsys.readouterr().out
    assert out.startswith("2 cases, 1 target: 2 passed, 0 failed")
    assert out.endswith("; 13 left out (nothing may be written here)\n")


def test_run_of_nothing_is_an_error(
    check: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check("--case", "createUser", writes="none") == 2

    line = "twinproof: nothing ran: nothing may be written here\n"
    assert capsys.readouterr() == ("", line)


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: command"),
        (["bogus"], "invalid choice: 'bogus'"),
        (["check"], "the following arguments are required: --target"),
        (["check", "--target", "x"], "give NAME=URL or NAME=lambda:FUNCTION"),
        (["check", "--target", "x=ftp://h"], "is neither a URL nor"),
        (["check", "--target", "x=http://h:x"], "is neither a URL nor"),
        (
            ["check", "--target", "x=http://127.0.0.1:1", "--target", "x=http://h"],
            "two targets have the same name",
        ),
        (
            ["check", "--target", "x=http://h", "--case", "createUser/creates-a-usr"],
            "createUser/creates-a-usr; the nearest is createUser/creates-a-user",
        ),
        (["check", "--target", "x=http://h", "--frob"], "unrecognized arguments"),
        (["check", "--target", "=http://h"], "NAME is 1 to 64 letters"),
        (["check", "--target", ""], "NAME is 1 to 64 letters"),
        (["check", "--target", "../x"], "NAME is 1 to 64 letters"),
        (["check", "--target", "a\nb=http://h"], "a\\nb=http://h: its NAME is"),
        (["check", "--target", "\udcff=http://h"], "\\udcff=http://h: its NAME is"),
        (["check", "--target", "x=http://a..b"], "is neither a URL nor"),
        (["check", "--target", "x=http://h:0"], "is neither a URL nor"),
        (["check", "--target", "x=http://h:99999"], "is neither a URL nor"),
        (["check", "--target", "x=http://h\t"], "is neither a URL nor"),
        (["check", "--target", "x=http://h/a b"], "is neither a URL nor"),
        (["check", "--target", "x=http://[::1"], "is neither a URL nor"),
        (
            ["check", "--target", "x=http://h", "--endpoint", "h"],
            "--endpoint h: give a",
        ),
        (
            ["check", "--target", "x=http://h", "--lambda-endpoint", "h:1"],
            "--lambda-endpoint h:1: give a URL",
        ),
        (["check", "--target", "x=http://h", "--case", ""], "has the id ;"),
        (["check", "--target", "x=http://h", "--case", "\udcff"], "\\udcff"),
        (["fuzz", "--target", "x=http://h", "--sequence", "x"], "invalid int value"),
    ],
)
def test_usage_error_is_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("twinproof: ")
    assert message in err
    assert err.count("\n") == 1


def test_unreachable_target_is_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = f"http://127.0.0.1:{_closed_port()}"

    assert cli.main(["check", "--target", f"x={url}"]) == 2

    line = f"twinproof: target x cannot be reached at {url}: Connection refused\n"
    assert capsys.readouterr() == ("", line)


def test_interruption_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> list[object]:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "lint_and_cover", interrupted)

    assert cli.main(["lint"]) == 2
    assert capsys.readouterr().err == "twinproof: interrupted\n"


def test_lint_prints_what_it_finds(
    small_contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--contract", str(small_contract), "lint"]) == 1
    assert "no case reaches the documented 304" in capsys.readouterr().out


def test_lint_of_correct_files_prints_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "lint_and_cover", lambda _: ([], None))

    assert cli.main(["lint"]) == 0
    assert capsys.readouterr().out == ""


def test_file_that_does_not_fit_its_format_is_named(
    small_contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (small_contract / "cases/get-user.yaml").write_text("{operation: getUser}\n")

    code = cli.main(["--contract", str(small_contract), "events"])

    assert code == 2
    assert "cases/get-user.yaml: 'cases' is a required" in capsys.readouterr().err


def test_events_are_rendered_and_checked(
    small_contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["--contract", str(small_contract), "events"]
    assert cli.main(flags) == 0
    assert cli.main([*flags, "--check"]) == 0
    assert capsys.readouterr().out == ""

    (small_contract.parent / "events" / "get-user.json").write_text("{}")

    assert cli.main([*flags, "--check"]) == 1
    line = "events/get-user.json is out of date; run twinproof events\n"
    assert capsys.readouterr().out == line


def test_rerun_names_every_option_that_reached_the_target(
    check: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--stack", "s", "--endpoint", "http://127.0.0.1:1"]

    check("--case", "getUser", *options, fault="wrong problem")

    assert "--stack s --endpoint http://127.0.0.1:1 --case" in capsys.readouterr().out


def test_report_folder_that_cannot_be_made_ends_the_command_before_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.touch()

    flags = ["--target", "x=http://127.0.0.1:1", "--report", str(file)]
    code = cli.main(["check", *flags])

    assert code == 2
    assert capsys.readouterr().err == f"twinproof: --report {file}: File exists\n"
