"""Hostile responses, closed output and bugs give a verdict or one line, no trace."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.plugin.conftest import prepared_of
from tests.plugin.fake_http import serving
from tests.plugin.fake_service import Fake
from twinproof.commands import cli
from twinproof.contract.openapi import Contract
from twinproof.exchange.model import Response
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.target import Target

GET = ("--case", "getUser")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def check(small_contract: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run `twinproof check` on two fakes, the second with a fault."""

    def run(*options: str, fault: str) -> int:
        fakes = {"good": Fake(), "bad": Fake(fault)}
        with serving(fakes["good"]) as one, serving(fakes["bad"]) as other:

            def prepared(target: Target, _: Contract) -> PreparedTarget:
                made = prepared_of(fakes[target.name], target.url)
                return type(made)(target, made.driver, made.store)

            monkeypatch.setattr(cli, "prepare", prepared)
            flags = ["--target", f"good={one}", "--target", f"bad={other}"]
            return cli.main(
                ["--contract", str(small_contract), "check", *flags, *options]
            )

    return run


def test_what_cannot_be_printed_is_escaped_in_every_report(
    check: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(*GET, "--report", str(tmp_path), fault="unprintable") == 1

    out, err = capsys.readouterr()
    assert err == ""
    assert r"body /\ud800\x9b\nx  " in out
    assert all(line.isprintable() for line in out.split("\n"))
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    wheres = [m["where"] for each in report["results"] for m in each["mismatches"]]
    assert "body /\ud800\x9b\nx" in wheres
    junit = ET.parse(tmp_path / "junit.xml").getroot()  # noqa: S314 - our own file
    texts = [each.text or "" for each in junit.iter("failure")]
    assert all(r"\ud800\x9b\nx" in each for each in texts)
    assert len(texts) == report["counts"]["failed"]
    [page] = tmp_path.glob("*.html")
    HTMLParser().feed(page.read_text("utf-8"))
    assert "U+D800" in page.read_text("utf-8")


def test_number_or_depth_that_no_report_can_show_fails_the_case(
    check: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(*GET, "--report", str(tmp_path), fault="beyond a double") == 1

    assert "a bug in" not in capsys.readouterr().out

    def refuse(name: str) -> None:
        raise AssertionError(name)

    report = (tmp_path / "report.json").read_text("utf-8")
    assert json.loads(report, parse_constant=refuse)["counts"]["failed"] > 0


@pytest.mark.parametrize(
    "body", [b"1e999", b"-1e400", b"[NaN]", 101 * b"[" + 101 * b"]"]
)
def test_body_that_no_report_can_show_is_not_json(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|double|deep"):
        Response(200, (), body).json()


def test_target_that_closes_without_an_answer_is_errored(
    check: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(*GET, "--report", str(tmp_path), fault="hangs up") == 2

    out = capsys.readouterr().out
    assert (
        "ERRORED getUser/does-not-know-the-id   [bad]\n  error         NoAnswer" in out
    )
    assert "0 failed" in out
    counts = json.loads((tmp_path / "report.json").read_text("utf-8"))["counts"]
    # Two cases on the target, and the two pairs with the other target.
    assert (counts["failed"], counts["errored"]) == (0, 4)
    junit = ET.parse(tmp_path / "junit.xml").getroot()  # noqa: S314 - our own file
    assert len(list(junit.iter("error"))) == 4


def test_closed_output_is_reported_and_the_reports_are_complete(
    check: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w", encoding="utf-8") as out:
        monkeypatch.setattr(sys, "stdout", out)
        code = check(*GET, "--report", str(tmp_path), fault="wrong problem")

    assert code == 2
    line = "twinproof: the output was closed before everything was printed\n"
    assert capsys.readouterr().err == line
    assert json.loads((tmp_path / "report.json").read_text())["counts"]["failed"] == 2
    assert (tmp_path / "junit.xml").read_text().endswith("</testsuites>")


@pytest.mark.parametrize("both", [False, True])
def test_process_whose_reader_leaves_ends_with_no_verdict(
    small_contract: Path, both: bool
) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    try:
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys; from twinproof.commands.cli import main; sys.exit(main())",
                "--contract",
                str(small_contract),
                "lint",
            ],
            stdout=writes,
            stderr=writes if both else subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writes)

    assert done.returncode == 2
    line = b"twinproof: the output was closed before everything was printed\n"
    assert done.stderr == (None if both else line)


@pytest.mark.parametrize(
    ("accident", "line"),
    [
        (
            RuntimeError("oh"),
            "twinproof: a bug in twinproof: RuntimeError: oh (test_acc",
        ),
        (OSError(28, "No space left on device"), "twinproof: [Errno 28] No space left"),
    ],
)
def test_accident_is_one_line_and_no_verdict(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    accident: Exception,
    line: str,
) -> None:
    def broken(_: object) -> list[object]:
        raise accident

    monkeypatch.setattr(cli, "lint_and_cover", broken)

    assert cli.main(["lint"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(line)


@pytest.mark.parametrize(
    ("arguments", "closed", "code"),
    [
        (["check", "--target", "=http://x"], "2>&-", 2),
        (["emulators", "--check"], ">&-", 0),
    ],
)
def test_stream_that_was_closed_from_the_start_changes_no_exit_code(
    arguments: list[str], closed: str, code: int
) -> None:
    parity = Path(sys.executable).with_name("twinproof")
    command = shlex.join([str(parity), *arguments])
    done = subprocess.run(
        ["bash", "-c", f"{command} {closed}"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, b"", b"")
