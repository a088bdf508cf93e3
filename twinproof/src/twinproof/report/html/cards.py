"""A card for each case that failed: its mismatches, its exchanges, its rerun."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import htpy as h

from twinproof.cases.matching import MISSING, Mismatch
from twinproof.exchange.model import Exchange
from twinproof.report.console import shown
from twinproof.report.html.markup import anchor, counted
from twinproof.report.html.sheet import Sheet, compared, cut, sheet_tables
from twinproof.run.results import Verdict

LEAST_MARKED = 40
"""Characters of a value; in a longer one the difference is marked."""
MOST_SHEETS = 100
"""Cards of a page that show exchanges; with more the page is too large to open."""
OPEN = 10
"""Cards that are open when the page loads."""
MOST_CALLS = 60
EXPECTED = ("expected", "got")
SYMBOLS = {"passed": "✓", "failed": "✗", "known": "~", "stale": "◷", "errored": "!"}


@dataclass(frozen=True)
class CardFinding:
    """One result, pair or relay that failed."""

    label: str
    """The target, or the two targets."""
    verdict: Verdict
    heads: tuple[str, str]
    """The names of a mismatch's two values: expected and got, or two targets."""
    mismatches: Sequence[Mismatch] = ()
    step: str = ""
    error: str = ""
    evidence: str = ""
    """The meaning of its evidence."""


@dataclass(frozen=True)
class Card:
    """Everything to show about a case that failed."""

    group: str
    name: str
    findings: Sequence[CardFinding]
    sheets: Sequence[Sheet] = ()
    calls: Sequence[tuple[str, Sequence[Exchange]]] = ()
    """By target, the calls before the step at which a journey failed."""
    sections: Sequence[tuple[str, h.Node]] = ()
    """Further sections: heading and content."""
    rerun: str = ""

    @property
    def id(self) -> str:
        """Return the card's anchor."""
        return anchor("at", self.name)


def group_anchor(group: str) -> str:
    """Return the anchor of an operation's cards."""
    return anchor("group", group)


def cards(every: Sequence[Card]) -> list[h.Element]:
    """Return all cards, grouped by operation."""
    numbers = {card.id: number for number, card in enumerate(every)}
    groups = dict.fromkeys(card.group for card in every)
    return [
        h.section(id=group_anchor(group))[
            h.h3[group], [_card(c, numbers[c.id]) for c in every if c.group == group]
        ]
        for group in groups
    ]


def _card(card: Card, number: int) -> h.Element:
    verdicts = [h.li[badge(f.verdict), " ", f.label] for f in card.findings]
    summary = h.summary[h.h4[card.name], h.ul(".who")[verdicts]]
    shows = number < MOST_SHEETS
    details = h.details(open=number < OPEN)[
        summary,
        (_finding(each) for each in card.findings),
        (_titled(*each) for each in card.sections),
        (_calls(*each) for each in card.calls),
        (sheet_tables(each) for each in card.sheets) if shows else _not_shown(),
        _rerun(card.rerun),
    ]
    return h.article(".card", id=card.id)[details]


def badge(verdict: Verdict) -> h.Element:
    """Return a verdict with its sign, so that it does not depend on colour."""
    return h.b(class_=f"badge {verdict}")[f"{SYMBOLS[verdict]} {verdict}"]


def _not_shown() -> h.Element:
    text = (
        f"Only the first {MOST_SHEETS} cards show exchanges; the JSON report has all."
    )
    return h.p(".quiet")[text]


def _finding(finding: CardFinding) -> h.Element:
    step = f", step {finding.step}" if finding.step else ""
    evidence = finding.evidence and h.small[f" ({finding.evidence})"]
    return h.div(".finding")[
        h.h5[f"{finding.label}{step}", evidence],
        finding.error and h.p(".error")[finding.error],
        mismatch_table(finding.heads, finding.mismatches, finding.label),
    ]


def mismatch_table(
    heads: tuple[str, str], mismatches: Sequence[Mismatch], label: str
) -> h.Node:
    """Return a table of mismatches with both values; None if there are none."""
    if not mismatches:
        return None
    names = ("where", *heads, "rule")
    default = "the case" if heads == EXPECTED else "must be equal"
    table = h.table(".mismatches")[
        h.caption[f"mismatches of {label}"],
        h.thead[h.tr[(h.th(scope="col")[name] for name in names)]],
        h.tbody[(_mismatch(each, default) for each in mismatches)],
    ]
    return h.div(".wide")[table]


def _mismatch(mismatch: Mismatch, default: str) -> h.Element:
    values = (h.td[value] for value in _values(mismatch))
    check = h.td(".quiet")[mismatch.check or default]
    return h.tr[h.th(scope="row")[mismatch.where], values, check]


def _values(mismatch: Mismatch) -> list[h.Element]:
    """Return both values; in long ones the difference is marked."""
    pair = mismatch.expected, mismatch.got
    texts = [shown(value, sys.maxsize) for value in pair]
    if MISSING not in pair and min(map(len, texts)) > LEAST_MARKED:
        marked = compared(*texts), compared(*texts[::-1])
        return [h.code[each] for each in marked]
    return [
        h.span(".quiet")["nothing"] if value is MISSING else h.code[cut(text)]
        for value, text in zip(pair, texts, strict=True)
    ]


def _titled(heading: str, content: h.Node) -> h.Element:
    return h.div(".finding")[h.h5[heading], content]


def _calls(label: str, calls: Sequence[Exchange]) -> h.Element:
    rows = list(_call_lines(calls[-MOST_CALLS:]))
    summary = h.summary[f"{label}: {counted(len(calls), 'call')} before this one"]
    return h.details[summary, h.ol(".calls")[rows]]


def _call_lines(calls: Sequence[Exchange]) -> Iterator[h.Element]:
    for each in calls:
        request = each.request
        line = shown(f"{request.method} {request.path}")[1:-1]
        took = f" {each.duration_us / 1000:,.1f} ms"
        status = h.b[each.response.status]
        yield h.li[h.code[line], " ", status, h.small[took]]


def _rerun(rerun: str) -> h.Node:
    return rerun and h.p(".rerun")["To run it again: ", h.code[rerun]]
