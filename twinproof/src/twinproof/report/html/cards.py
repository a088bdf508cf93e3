"""What is not well, a card for each case: its mismatches, its exchanges, its rerun."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from twinproof.cases.matching import MISSING, Mismatch
from twinproof.exchange.model import Exchange
from twinproof.report.console import shown
from twinproof.report.html.markup import Html, Node, anchor, counted, join, tag
from twinproof.report.html.sheet import Sheet, compared, cut, sheet
from twinproof.run.results import Verdict

LEAST_MARKED = 40
"""Characters of a value beyond which the eye does not find what differs."""
MOST_SHEETS = 100
"""Cards of a page that show exchanges; the others would make it too large to open."""
OPEN = 10
"""Cards that are open from the start."""
MOST_CALLS = 60
EXPECTED = ("expected", "got")
SYMBOLS = {"passed": "✓", "failed": "✗", "excused": "~", "stale": "◷", "errored": "!"}


@dataclass(frozen=True)
class CardFinding:
    """One thing that is not well: a result, a pair or a baton."""

    label: str
    """Who it speaks of: a target, or two."""
    verdict: Verdict
    heads: tuple[str, str]
    """What the two values of a mismatch are: expected and got, or two targets'."""
    mismatches: Sequence[Mismatch] = ()
    step: str = ""
    error: str = ""
    basis: str = ""
    """What stands behind it, in words."""


@dataclass(frozen=True)
class Card:
    """Everything there is to show of a case that is not well."""

    group: str
    name: str
    findings: Sequence[CardFinding]
    sheets: Sequence[Sheet] = ()
    calls: Sequence[tuple[str, Sequence[Exchange]]] = ()
    """Of each journey that failed: on whom, and what was sent before."""
    told: Sequence[tuple[str, Html]] = ()
    """More to tell, each under its heading."""
    rerun: str = ""

    @property
    def id(self) -> str:
        """Return the card's anchor."""
        return anchor("at", self.name)


def group_anchor(group: str) -> str:
    """Return the anchor of an operation's cards."""
    return anchor("group", group)


def cards(every: Sequence[Card]) -> Html:
    """Return all cards, an operation's together."""
    numbers = {card.id: number for number, card in enumerate(every)}
    groups = dict.fromkeys(card.group for card in every)
    return join(
        tag(
            "section",
            tag("h3", group),
            (_card(c, numbers[c.id]) for c in every if c.group == group),
            id=group_anchor(group),
        )
        for group in groups
    )


def _card(card: Card, number: int) -> Html:
    verdicts = [tag("li", badge(f.verdict), " ", f.label) for f in card.findings]
    summary = tag("summary", tag("h4", card.name), tag("ul", verdicts, class_="who"))
    shows = number < MOST_SHEETS
    details = tag(
        "details",
        summary,
        (_finding(each) for each in card.findings),
        (_told(*each) for each in card.told),
        (_calls(*each) for each in card.calls),
        (sheet(each) for each in card.sheets) if shows else _not_shown(),
        _rerun(card.rerun),
        open="open" if number < OPEN else "",
    )
    return tag("article", details, id=card.id, class_="card")


def badge(verdict: Verdict) -> Html:
    """Return a verdict with its sign: colour is not all that tells it."""
    return tag("b", f"{SYMBOLS[verdict]} {verdict}", class_=f"badge {verdict}")


def _not_shown() -> Html:
    text = f"Exchanges are shown of the first {MOST_SHEETS}; the JSON report has all."
    return tag("p", text, class_="quiet")


def _finding(finding: CardFinding) -> Html:
    step = f", step {finding.step}" if finding.step else ""
    return tag(
        "div",
        tag("h5", f"{finding.label}{step}", tag("small", f" {finding.basis}")),
        tag("p", finding.error, class_="error") if finding.error else None,
        mismatch_table(finding.heads, finding.mismatches, finding.label),
        class_="finding",
    )


def mismatch_table(
    heads: tuple[str, str], mismatches: Sequence[Mismatch], label: str
) -> Node:
    """Return mismatches with both values of each; None where there is none."""
    if not mismatches:
        return None
    names = ("where", *heads, "held by")
    rule = "the case" if heads == EXPECTED else "both alike"
    table = tag(
        "table",
        tag("caption", f"mismatches of {label}"),
        tag("thead", tag("tr", (tag("th", name, scope="col") for name in names))),
        tag("tbody", (_mismatch(each, rule) for each in mismatches)),
        class_="mismatches",
    )
    return tag("div", table, class_="wide")


def _mismatch(mismatch: Mismatch, rule: str) -> Html:
    values = (tag("td", value) for value in _values(mismatch))
    held = tag("td", mismatch.rule or rule, class_="quiet")
    return tag("tr", tag("th", mismatch.where, scope="row"), values, held)


def _values(mismatch: Mismatch) -> list[Html]:
    """Return both values; what differs is marked where it is long to look for."""
    pair = mismatch.expected, mismatch.got
    texts = [shown(value, sys.maxsize) for value in pair]
    if MISSING not in pair and min(map(len, texts)) > LEAST_MARKED:
        marked = compared(*texts), compared(*texts[::-1])
        return [tag("code", each) for each in marked]
    return [
        tag("span", "nothing", class_="quiet")
        if value is MISSING
        else tag("code", cut(text))
        for value, text in zip(pair, texts, strict=True)
    ]


def _told(heading: str, content: Html) -> Html:
    return tag("div", tag("h5", heading), content, class_="finding")


def _calls(label: str, calls: Sequence[Exchange]) -> Html:
    rows = list(_call_lines(calls[-MOST_CALLS:]))
    summary = tag("summary", f"{label}: {counted(len(calls), 'call')} before")
    return tag("details", summary, tag("ol", rows, class_="calls"))


def _call_lines(calls: Sequence[Exchange]) -> Iterator[Html]:
    for each in calls:
        request = each.request
        line = shown(f"{request.method} {request.path}")[1:-1]
        took = f" {each.duration_us / 1000:,.1f} ms"
        status = tag("b", each.response.status)
        yield tag("li", tag("code", line), " ", status, tag("small", took))


def _rerun(rerun: str) -> Node:
    if not rerun:
        return None
    return tag("p", "again: ", tag("code", rerun), class_="rerun")
