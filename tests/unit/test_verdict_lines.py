"""The baseline has what a rebuilt tool must not change, and no drawn values."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from tests.verdict_lines import LONGEST, mismatch_labels, summary, verdict_lines

ID = "01KHBX6VG00000000000000000"
OTHER_ID = "01KHBX6VG0ZZZZZZZZZZZZZZZZ"
CALL = {"operation": "getUser", "status": 200, "durationMicroseconds": 1}
# The words of reports of schema version 1, each with the word since version 2.
RENAMED = {"batons": "relays", "excused": "known", "(rule": "(kind"}


def report() -> dict[str, Any]:
    """A run of two cases: one is red, one passes and is left out on a second target."""
    told = {"target": "a", "evidence": "emulator", "durationMs": 1}
    red = {"where": f"user {ID} /name", "check": "kind ttl", "got": 1}
    passed = {"id": "getUser/x", "verdict": "passed", "calls": [CALL], "mismatches": []}
    failed = {"id": "getUser/y", "verdict": "failed", "calls": [], "mismatches": [red]}
    return {
        "results": [{**told, **passed}, {**told, **failed}],
        "relays": [],
        "pairs": [],
        "leftOut": [{"id": "getUser/x", "target": "b", "why": "no gateway"}],
    }


def test_lines_name_verdicts_labels_and_what_was_left_out() -> None:
    assert verdict_lines(report()) == [
        "leftOut getUser/x b: no gateway",
        "results getUser/x a passed emulator getUser 200",
        "results getUser/y a failed emulator",
        "results getUser/y a failed: user <id> /name (kind ttl)",
    ]


def test_summary_counts_by_group_and_shows_what_is_no_plain_pass() -> None:
    *groups, left_out, red, where = summary(report())

    counts = [line.rpartition(" (")[0] for line in groups]
    assert counts == [
        "leftOut no gateway: 1 left out",
        "results getUser a: 1 failed, 1 passed",
    ]
    assert [left_out, red, where] == [
        "leftOut getUser/x b: no gateway",
        "results getUser/y a failed emulator",
        "results getUser/y a failed: user <id> /name (kind ttl)",
    ]


def test_what_is_drawn_or_measured_changes_no_line() -> None:
    again = copy.deepcopy(report())
    again["results"].reverse()
    again["results"][0]["mismatches"][0]["where"] = f"user {OTHER_ID} /name"
    again["results"][1]["durationMs"] = 7

    assert summary(again) == summary(report())


def test_calls_of_a_journey_change_no_line_for_its_steps_race_each_other() -> None:
    first, again = report(), report()
    for one in (first, again):
        one["results"][0]["id"] = "journeys/races"
    again["results"][0]["calls"] *= 2

    assert summary(again) == summary(first)


@pytest.mark.parametrize(
    ("result", "changed"),
    [
        (0, {"verdict": "known", "error": "known until 2027"}),
        (0, {"calls": []}),
        (0, {"calls": [{**CALL, "status": 304}]}),
        (0, {"evidence": "documented"}),
        (1, {"mismatches": [{"where": "user /email", "check": "kind ttl"}]}),
        (1, {"mismatches": [{"where": f"user {ID} /name"}]}),
    ],
)
def test_what_the_tool_judges_changes_a_line(
    result: int, changed: dict[str, Any]
) -> None:
    other = report()
    other["results"][result] |= changed

    assert summary(other) != summary(report())


def test_labels_of_a_red_case_are_sorted_and_counted() -> None:
    found = [
        ("status", ""),
        (f"user {ID}", "r"),
        ("body", ""),
        (f"user {OTHER_ID}", "r"),
    ]

    assert mismatch_labels(found) == "2 x user <id> (r); body; status"


def test_labels_that_are_too_long_differ_by_a_digest() -> None:
    many = [(f"body /errors/{index}", "") for index in range(100)]

    line, other = (
        mismatch_labels(many),
        mismatch_labels([*many[:-1], ("body /errors/x", "")]),
    )

    assert line[:LONGEST] == other[:LONGEST]
    assert " 100 places, " in line
    assert line != other


def test_lines_of_the_first_schema_version_translate_word_by_word() -> None:
    relay = {"id": "journeys/x", "relay": ["a", "b"], "evidence": "emulator"}
    found = [{"where": "user /ttl", "check": "kind ttl"}]
    known = {"verdict": "known", "error": "until 2027", "mismatches": found}
    run = {**report(), "relays": [{**relay, **known}], "results": [], "leftOut": []}
    old = [
        "batons journeys/x a+b excused emulator: until 2027",
        "batons journeys/x a+b excused: user /ttl (rule ttl)",
    ]

    assert verdict_lines(run) == [
        re.sub(r"\(?\w+", lambda word: RENAMED.get(word[0], word[0]), line)
        for line in old
    ]
