"""The results as one HTML page: plots without scripts, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from lab.bench.contestants import OURS
from lab.bench.document import Document
from lab.bench.measuring.measure import ALONE, FIRST
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

# Its label, whether it is ours, how long it is, and that as a ratio to the floor's.
Bar = tuple[str, bool, "Spread", "Spread"]


def page(document: Document) -> str:
    """Return the page of a run."""
    plan = document["plan"]
    parts = "".join(
        _language(LANGUAGES[language], part)
        for language, part in document["languages"].items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>What a request costs</title><style>{STYLE}</style></head><body>"
        "<h1>What a request costs</h1>"
        "<p>CPU time of the handler's process, beside what "
        "others would pick instead. Shorter is better; the line on a bar goes from "
        "quartile to quartile. Behind it the ratio to the bare SDK in the same round, "
        "with its quartiles.</p>"
        f"<p>{escape(document['measuredAt'])}, {escape(document['machine'])}, commit "
        f"{escape(document['commit'][:12])}. {plan['coldRounds']} fresh processes of "
        f"each; {plan['warmRounds']} rounds of {plan['warmRequests']} requests after "
        f"{plan['warmUp']} to warm up.</p>"
        f"{parts}</body></html>\n"
    )


def _language(name: str, part: dict[str, Any]) -> str:
    contestants = part["contestants"]
    drawings = [
        _plot(f"{title}: {TITLES[request]}", unit, _bars(contestants, way, request))
        for way, title, unit, requests in (
            ("cold", "Init and first request", "ms", FIRST),
            ("warm", "Warm", MICROSECONDS, FIVE),
            (
                "alone",
                "Warm, the handler without Lambda's runtime",
                MICROSECONDS,
                ALONE,
            ),
        )
        for request in requests
    ]
    return (
        f"<section><h2>{name} ({escape(part['runtime'])})</h2>"
        f"{''.join(drawings)}{_table(contestants)}</section>"
    )


def _bars(contestants: Sequence[dict[str, Any]], way: str, request: str) -> list[Bar]:
    length = "firstMs" if way == "cold" else "us"
    return [
        (one["label"], one["name"] == OURS, found[length], found["toFloor"])
        for one in contestants
        for found in [one[way][request]]
    ]


def _plot(title: str, unit: str, bars: Sequence[Bar]) -> str:
    most = max(spread["high"] for _, _, spread, _ in bars)
    rows = "".join(_bar(number, bar, most, unit) for number, bar in enumerate(bars))
    height = ROW * len(bars)
    return (
        f'<h3>{escape(title)}</h3><svg role="img" viewBox="0 0 {WIDTH} {height}">'
        f"<title>{escape(title)}, in {unit} of CPU</title>{rows}</svg>"
    )


def _bar(number: int, bar: Bar, most: float, unit: str) -> str:
    label, ours, spread, to_floor = bar
    room = WIDTH - LEFT - RIGHT
    low, median, high = (
        LEFT + room * spread[name] / most for name in ("low", "median", "high")
    )
    top = ROW * number
    middle, text = top + ROW / 2, top + ROW * 0.68
    return (
        f'<text x="{LEFT - 8}" y="{text:.1f}" text-anchor="end">{escape(label)}</text>'
        f'<rect class="{"ours" if ours else "other"}" x="{LEFT}" y="{top + 4}" '
        f'width="{median - LEFT:.1f}" height="{ROW - 8}"/>'
        f'<line class="spread" x1="{low:.1f}" x2="{high:.1f}" '
        f'y1="{middle}" y2="{middle}"/>'
        f'<text class="quiet" x="{max(median, high) + 6:.1f}" y="{text:.1f}">'
        f"{spread['median']:.0f} {unit} x{ratio(to_floor)}</text>"
    )


def _table(contestants: Sequence[dict[str, Any]]) -> str:
    heads = [
        "",
        "MiB",
        "modules",
        "zip",
        "unzipped",
        "zip (assets)",
        "AWS calls of a get",
    ]
    rows = [
        [
            one["label"],
            str(one["cold"]["get"]["peakMb"]),
            str(one["cold"]["get"]["modules"]),
            size(one["packages"]["users"]["zipOctets"]),
            size(one["packages"]["users"]["unzippedOctets"]),
            size(one["packages"]["assets"]["zipOctets"]),
            str(sum(one["calls"]["get"].values())),
        ]
        for one in contestants
    ]
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        for row in rows
    )
    return (
        f'<h3>Packages</h3><div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
