"""docs/rehearsal.md lists every known gap of the emulator and every verdict."""

from __future__ import annotations

import re

from lab.rehearsal.known_gaps import KnownGaps
from lab.rehearsal.properties import PropertyVerdict
from local.template import ROOT

DOCUMENT = (ROOT / "docs" / "rehearsal.md").read_text("utf-8")


def test_it_lists_every_known_gap_with_its_cause_and_no_other() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", DOCUMENT, re.MULTILINE)

    assert rows == [(one.path, one.cause) for one in KnownGaps.read().entries]


def test_it_says_what_each_verdict_means_and_which_fail() -> None:
    for verdict in PropertyVerdict:
        (fails,) = re.findall(
            rf"^\| {verdict} \| .+ \| (.*)\|$", DOCUMENT, re.MULTILINE
        )
        assert (fails.strip() == "yes") is verdict.fault, verdict
