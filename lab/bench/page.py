"""The results as one self-contained HTML page, with plots and without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import htpy as h
from markupsafe import Markup

from lab.bench.candidates import OURS
from lab.bench.document import Document
from lab.bench.measuring.measure import FIRST, HANDLER_ONLY
from lab.bench.ratios import Spread
from lab.bench.records import FIVE
from lab.bench.table import LANGUAGES, ratio, size

WIDTH, ROW, LEFT, RIGHT = 720, 26, 210, 205
MICROSECONDS = "\u00b5s"
TITLES = {
    "get": "getUser",
    "create": "createUser",
    "list": "listUsers, 20 of 4 shards",
    "invalid": "createUser, refused",
    "asset": "createAsset, with its signed URL",
}

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f27; --quiet: #596273;
  --line: #d8dce3; --ours: #2a62c9; --other: #a9b2c1; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171c; --ink: #e4e7ec;
  --quiet: #a0a9b8; --line: #363d49; --ours: #7ea9f5; --other: #5b6577; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem 1.25rem 4rem;
  background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
h1 { margin: 1rem 0 .25rem; } h2 { margin: 2.5rem 0 .5rem; }
h3 { margin: 1.5rem 0 .25rem; font-size: 1rem; }
p { margin: .25rem 0; color: var(--quiet); max-width: 46rem; }
svg { display: block; width: 100%; max-width: 45rem; height: auto; }
svg text { fill: var(--ink); font-size: 13px; } svg .quiet { fill: var(--quiet); }
.ours { fill: var(--ours); } .other { fill: var(--other); }
.spread { stroke: var(--ink); stroke-width: 1.5; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; white-space: nowrap; }
th, td { padding: .25rem .75rem .25rem 0; text-align: right;
  border-bottom: 1px solid var(--line); } th:first-child, td:first-child {
  text-align: left; }
"""

# Its label, whether it is ours, its length, and its ratio to the floor.
Bar = tuple[str, bool, Spread, Spread]


def page(document: Document) -> str:
    """Return the page of a run."""
    plan = document["plan"]
    head = h.head[
        h.meta(charset="utf-8"),
        h.meta(name="viewport", content="width=device-width, initial-scale=1"),
        h.title["What a request costs"],
        h.style[Markup(STYLE)],  # noqa: S704 # the constant above
    ]
    body = h.body[
        h.h1["What a request costs"],
        h.p[
            "CPU time of the handler's process, compared with what others would pick "
            "instead. Shorter is better. The line on a bar connects the quartiles. "
            "The number after a bar is the ratio to the bare SDK in the same round, "
            "with its quartiles."
        ],
        h.p[
            f"{document['measuredAt']}, {document['machine']}, commit "
            f"{document['commit'][:12]}. {plan['coldRounds']} fresh processes of each; "
            f"{plan['warmRounds']} rounds of {plan['warmRequests']} requests after "
            f"{plan['warmUp']} to warm up."
        ],
        (_language(*each) for each in document["languages"].items()),
    ]
    return f"{h.html(lang='en')[head, body]}\n"


def _language(language: str, part: dict[str, Any]) -> h.Element:
    candidates = part["candidates"]
    drawings = [
        _plot(f"{title}: {TITLES[request]}", unit, _bars(candidates, way, request))
        for way, title, unit, requests in (
            ("cold", "Init and first request", "ms", FIRST),
            ("warm", "Warm", MICROSECONDS, FIVE),
            (
                "handlerOnly",
                "Warm, the handler without Lambda's runtime",
                MICROSECONDS,
                HANDLER_ONLY,
            ),
        )
        for request in requests
    ]
    heading = h.h2[f"{LANGUAGES[language]} ({part['runtime']})"]
    return h.section[heading, drawings, _table(candidates)]


def _bars(candidates: Sequence[dict[str, Any]], way: str, request: str) -> list[Bar]:
    length = "firstMs" if way == "cold" else "us"
    return [
        (one["label"], one["name"] == OURS, found[length], found["toFloor"])
        for one in candidates
        for found in [one[way][request]]
    ]


def _plot(title: str, unit: str, bars: Sequence[Bar]) -> h.Node:
    most = max(spread["high"] for _, _, spread, _ in bars)
    drawing = h.svg(role="img", viewBox=f"0 0 {WIDTH} {ROW * len(bars)}")
    rows = [_bar(ROW * number, bar, most, unit) for number, bar in enumerate(bars)]
    return [h.h3[title], drawing[h.title[f"{title}, in {unit} of CPU"], rows]]


def _bar(top: int, bar: Bar, most: float, unit: str) -> h.Node:
    label, ours, spread, to_floor = bar
    room = WIDTH - LEFT - RIGHT
    low, median, high = (
        LEFT + room * spread[name] / most for name in ("low", "median", "high")
    )
    middle, baseline = top + ROW // 2, f"{top + ROW * 0.68:.1f}"
    return [
        h.text(x=LEFT - 8, y=baseline, text_anchor="end")[label],
        h.rect(
            ".ours" if ours else ".other",
            x=LEFT,
            y=top + 4,
            width=f"{median - LEFT:.1f}",
            height=ROW - 8,
        ),
        h.line(".spread", x1=f"{low:.1f}", x2=f"{high:.1f}", y1=middle, y2=middle),
        h.text(".quiet", x=f"{max(median, high) + 6:.1f}", y=baseline)[
            f"{spread['median']:.0f} {unit} x{ratio(to_floor)}"
        ],
    ]


def _table(candidates: Sequence[dict[str, Any]]) -> h.Node:
    heads = (
        "",
        "MiB",
        "modules",
        "zip",
        "unzipped",
        "zip (assets)",
        "AWS calls of a get",
    )
    rows = (
        (
            one["label"],
            one["cold"]["get"]["peakMb"],
            one["cold"]["get"]["modules"],
            size(one["packages"]["users"]["zipBytes"]),
            size(one["packages"]["users"]["unzippedBytes"]),
            size(one["packages"]["assets"]["zipBytes"]),
            sum(one["calls"]["get"].values()),
        )
        for one in candidates
    )
    table = h.table[
        h.thead[h.tr[(h.th[cell] for cell in heads)]],
        h.tbody[(h.tr[(h.td[cell] for cell in row)] for row in rows)],
    ]
    return [h.h3["Packages"], h.div(".scroll")[table]]
