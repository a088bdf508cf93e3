"""The results as text: a table for the terminal and one for its page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lab.bench.candidates import FLOOR, OURS
from lab.bench.document import Document
from lab.bench.measuring.measure import FIRST, HANDLER_ONLY
from lab.bench.ratios import Spread
from lab.bench.records import FIVE
from lab.markdown import table

LANGUAGES = {"python": "Python", "node": "Node"}
KB, MB = 1_000, 1_000_000


def ratio(value: Spread) -> str:
    """Return a ratio with its quartiles: `0.71 (0.70-0.73)`."""
    return f"{value['median']:.2f} ({value['low']:.2f}-{value['high']:.2f})"


def size(count: int) -> str:
    """Return a number of bytes in KB or MB."""
    return f"{count / MB:.1f} MB" if count >= MB else f"{count / KB:.0f} KB"


def terminal(document: Document) -> str:
    """Return all results as tables for a terminal."""
    lines = []
    for language, part in document["languages"].items():
        floor = next(one for one in part["candidates"] if one["name"] == FLOOR)
        lines += [
            f"{LANGUAGES[language]} ({part['runtime']}), CPU against {floor['label']}",
            "",
            *_aligned(list(_rows(part))),
            "",
        ]
    return "\n".join(lines)


def _rows(part: dict[str, Any]) -> Iterator[list[str]]:
    yield [
        "",
        *(f"cold {request}" for request in FIRST),
        *(f"warm {request}" for request in FIVE),
        *[
            *(f"handler only {request}" for request in HANDLER_ONLY),
            "MiB",
            "zip",
            "modules",
        ],
    ]
    for one in part["candidates"]:
        cold = one["cold"]
        yield [
            one["label"],
            *(
                f"{cold[name]['firstMs']['median']:.0f} ms {_to_floor(cold[name])}"
                for name in FIRST
            ),
            *(
                f"{one[way][name]['us']['median']:.0f} us {_to_floor(one[way][name])}"
                for way, names in (("warm", FIVE), ("handlerOnly", HANDLER_ONLY))
                for name in names
            ),
            str(cold["get"]["peakMb"]),
            size(one["packages"]["users"]["zipBytes"]),
            str(cold["get"]["modules"]),
        ]


def _to_floor(figures: dict[str, Any]) -> str:
    return f"x{ratio(figures['toFloor'])}"


def _aligned(rows: list[list[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield "  ".join(cell.ljust(width) for cell, width in cells).rstrip()


# ---- docs/performance.md ---------------------------------------------------------


def markdown(document: Document) -> str:
    """Return the page's table: what ours needs, over what each peer needs."""
    plan, day = document["plan"], document["measuredAt"][:10]
    head = [
        "our CPU time / theirs",
        *("first get", "first asset", "warm get", "warm create"),
        *("handler: get", "create", "zip"),
    ]
    rows = [row for part in document["languages"].values() for row in _compared(part)]
    remark = (
        f"Measured {day}. Medians with quartiles. "
        f'"first" is init and first request, of {plan["coldRounds"]} fresh processes; '
        f'"warm" is {plan["warmRounds"]} rounds of {plan["warmRequests"]} requests '
        f"after {plan['warmUp']}. Both include Lambda's runtime. "
        f'"handler" is the handler without it, {plan["handlerOnlyRequests"]} calls a '
        f"round after {plan['handlerOnlyWarmUp']:,}."
    )
    return f"{table(head, rows, len(head))}\n\n{remark}"


def _compared(part: dict[str, Any]) -> Iterator[list[str]]:
    ours = next(one for one in part["candidates"] if one["name"] == OURS)
    for one in part["candidates"]:
        if one is ours:
            continue
        cold = one["cold"]
        yield [
            f"{ours['label']} / {one['label']}",
            *(ratio(cold[name]["oursToThis"]) for name in ("get", "asset")),
            *(
                ratio(one[way][name]["oursToThis"])
                for way in ("warm", "handlerOnly")
                for name in ("get", "create")
            ),
            (
                f"{size(ours['packages']['assets']['zipBytes'])} / "
                f"{size(one['packages']['assets']['zipBytes'])}"
            ),
        ]
