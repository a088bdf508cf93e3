from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.plugin.page_made import CLEAN, FAILED, HEALTH, HOSTILE, RUN, TARGETS, Reader
from twinproof.exchange.model import Response
from twinproof.report.files import write_reports
from twinproof.report.html.cards import MOST_SHEETS
from twinproof.report.html.checked import check_page
from twinproof.report.html.document import STYLE
from twinproof.report.html.gathering import rerun
from twinproof.run.results import Result, Run, Verdict


def page_of(run: Run) -> str:
    return check_page(run, TARGETS, "1.0.0")


PAGE = page_of(RUN)


def test_page_is_written_with_the_other_reports(tmp_path: Path) -> None:
    write_reports(RUN, TARGETS, "1.0.0", tmp_path)

    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".xml", ".html"}
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == PAGE


@pytest.mark.parametrize("page", [PAGE, page_of(CLEAN)])
def test_page_is_whole_and_its_links_lead_somewhere(page: str) -> None:
    reader = Reader(page)

    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    links = {value for name, value in reader.attributes if name == "href"}
    assert links
    assert {link[1:] for link in links} <= set(reader.ids)
    assert reader.tags.count("h1") == reader.tags.count("main") == 1


def test_nothing_is_run_or_loaded() -> None:
    reader = Reader(PAGE)

    assert not {"script", "img", "link", "iframe", "object"} & set(reader.tags)
    names = {name for name, _ in reader.attributes}
    assert not {"src", "style", "srcset", "action"} & names
    assert not [name for name in names if name.startswith("on")]
    [policy] = [value for _, value in reader.attributes if "-src" in value]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "url(" not in STYLE.read_text()


def test_hostile_text_is_shown_and_never_is_markup() -> None:
    assert "<script" not in PAGE
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in PAGE
    for sign in HOSTILE[HOSTILE.index("\u202e") :]:
        assert sign not in PAGE
        assert f'<span class="unseen">U+{ord(sign):04X}</span>' in PAGE
    PAGE.encode("utf-8")


def test_verdicts_are_counted_by_operation_and_target() -> None:
    reader = Reader(PAGE)

    assert reader.row("operation") == [
        "operation",
        "single targets",
        "pairs",
        "relays",
    ]
    assert reader.row("createUser") == [
        "createUser",
        "✓ 4",
        "✗ 1 failed✓ 31 left out",
        "✗ 1 failed",
        "—",
    ]
    assert reader.row("getUser") == ["getUser", "—", "—", "✗ 1 failed~ 1 known", "—"]
    assert reader.row("journeys") == ["journeys", "—", "—", "—", "! 1 errored"]
    assert reader.row("all")[3] == "✗ 2 failed~ 1 known"


@pytest.mark.parametrize(
    ("run", "headline"),
    [
        (RUN, "✗ 1 failed, 2 pairs differ, 1 errored"),
        (CLEAN, "✓ all passed"),
        (replace(CLEAN, pairs=(replace(RUN.pairs[1], verdict=Verdict.PASSED),)), None),
        (replace(CLEAN, results=()), "✗ nothing ran"),
    ],
)
def test_headline_is_the_result(run: Run, headline: str | None) -> None:
    headline = headline or "✓ no difference between python and typescript"

    assert f"<h1>{headline}</h1>" in page_of(run)


def test_divergence_is_shown_with_both_values_marked() -> None:
    reader = Reader(PAGE)

    assert reader.row("body /name") == [
        "body /name",
        '"' + "".join(map(seen, HOSTILE)) + '"',
        "nothing",
        "schema required",
    ]
    assert ["body /name", '"Ada"', '"ADA"', "must be equal"] in reader.rows
    assert ['  "name": "Ada",', "≠", '  "name": "ADA",'] in reader.rows
    assert "A<mark>da</mark>&#34;" in PAGE
    assert "A<mark>DA</mark>&#34;" in PAGE


def seen(sign: str) -> str:
    """Return a character as a row of the page shows it: as JSON or as code point."""
    if sign in "\x00\x1b":
        return f"\\u{ord(sign):04x}"
    if sign == '"':
        return '\\"'
    return sign if sign.isascii() else f"U+{ord(sign):04X}"


def test_allowed_difference_is_not_marked_as_a_failure() -> None:
    [row] = [row for row in Reader(PAGE).rows if '"userId": "01ARZ' in row[0]][:1]

    assert row[1] == "≈"


def test_difference_deep_in_a_long_value_is_seen_and_the_rest_is_cut() -> None:
    rows = [row for row in Reader(PAGE).rows if row[0].startswith('  "long"')]

    assert rows[0][0].endswith('xxxxA"')
    assert rows[0][2].endswith('xxxxB"')
    assert "characters …" in rows[0][0]
    assert len(rows[0][0]) < 300


def test_target_without_a_response_is_named() -> None:
    assert "typescript sent no response" in PAGE


def test_error_of_the_tool_is_shown_with_the_calls_before() -> None:
    assert "no tables" in PAGE
    assert "python then typescript: 1 call before this one" in PAGE
    assert "python then typescript, step reads" in PAGE


def test_every_failure_has_the_command_to_run_it_again() -> None:
    assert (
        "twinproof check --target python=http://127.0.0.1:3000 "
        "--target typescript=https://api.example --case createUser/fails"
    ) in PAGE


def test_options_that_targets_share_are_given_once() -> None:
    at = "http://127.0.0.1:4566"
    one, other = (
        replace(target, endpoint=at, stack=f"parity-{target.name}")
        for target in TARGETS
    )

    command = rerun([one, other])

    assert command.endswith(f"--endpoint {at}")
    assert "--stack" not in command
    assert "--stack parity-python" in rerun([one])


def test_target_is_shown_with_the_version_it_reports() -> None:
    body = b'{"status":"ok","version":"1.2.3","implementation":"python"}'
    asked = replace(HEALTH, response=Response(200, (), body))
    result = Result("getHealth/x", "python", Verdict.PASSED, 1, (), (asked,))

    assert "<td>python 1.2.3</td>" in page_of(replace(CLEAN, results=(result,)))


def test_facts_of_the_run_are_shown() -> None:
    reader = Reader(PAGE)

    assert "2026-02-13 16:26:40 UTC" in PAGE
    [start] = [
        n for n, row in enumerate(reader.rows) if row[:2] == ["target", "address"]
    ]
    python, typescript = reader.rows[start + 1 : start + 3]
    assert python[1:3] == ["http://127.0.0.1:3000", "python"]
    assert python[-1] == "shown on an emulator of AWS on this machine"
    assert typescript[-1] == "shown by AWS itself"
    assert "1 case on typescript: only a gateway answers this" in PAGE
    assert reader.row("getUser/known") == [
        "getUser/known",
        "python | typescript",
        "until 2030-01-01: the emulator does it",
        "header date",
    ]


def test_page_of_a_thousand_failures_can_be_opened() -> None:
    many = tuple(
        replace(FAILED, full_id=f"createUser/fails-{n}", error=f"e-{n}")
        for n in range(1_000)
    )

    page = page_of(replace(RUN, results=many, pairs=()))

    assert len(page) < 2_000_000
    assert page.count('class="sheet ') == MOST_SHEETS
    assert "e-999" in page


def test_result_that_passed_shows_no_exchange() -> None:
    passed = Result("a/b", "python", Verdict.PASSED, 1, (), FAILED.exchanges)

    assert 'class="sheet ' not in page_of(replace(CLEAN, results=(passed,)))


def luminance(colour: str) -> float:
    """Return relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


GROUNDS = {
    "--ink": ("paper", "panel", "bad-paper", "bad-mark", "own-paper", "mild-paper"),
    "--quiet": ("paper", "panel"),
    "--link": ("paper",),
    "--good": ("paper", "good-paper"),
    "--bad": ("paper", "bad-paper", "panel"),
    "--own": ("own-paper",),
    "--mild": ("paper", "mild-paper"),
}


@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark", "print"])
def test_text_has_enough_contrast(theme: int) -> None:
    blocks = re.findall(r":root \{([^}]+)\}", STYLE.read_text())
    colours = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", blocks[theme]))

    weak = {
        (text, ground): round(contrast(colours[text], colours[f"--{ground}"]), 2)
        for text, grounds in GROUNDS.items()
        for ground in grounds
        if contrast(colours[text], colours[f"--{ground}"]) < 4.5
    }

    assert weak == {}
