"""The goals and how far a run reached them: the first table of docs/performance.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lab.bench.candidates import FLOOR, OURS
from lab.bench.document import Document
from lab.bench.ratios import Spread
from lab.bench.table import KB, MB, ratio, size
from lab.markdown import table

Part = dict[str, Any]  # the results of one language, as in results.schema.json
Found = tuple[str, float]  # the text of a figure, and the number to compare


@dataclass(frozen=True)
class Goal:
    """A goal: what is measured, its greatest value by language, how to find it."""

    what: str
    most: dict[str, str]
    found: Callable[[str, Part], list[Found]]


def _one(part: Part, name: str) -> Part:
    found: Part = next(one for one in part["candidates"] if one["name"] == name)
    return found


def _ratio(name: str, spread: Spread) -> Found:
    return f"{name} {ratio(spread)}", spread["median"]


def _first(peers: dict[str, str]) -> Callable[[str, Part], list[Found]]:
    def found(language: str, part: Part) -> list[Found]:
        cold = _one(part, peers[language])["cold"]
        return [_ratio(name, cold[name]["oursToThis"]) for name in ("get", "asset")]

    return found


def _warm(way: str, peers: dict[str, str]) -> Callable[[str, Part], list[Found]]:
    def found(language: str, part: Part) -> list[Found]:
        warm = _one(part, peers[language])[way]
        return [_ratio(name, warm[name]["oursToThis"]) for name in ("get", "create")]

    return found


def _instructions(language: str, part: Part) -> list[Found]:
    """Return ratios by instructions, or by CPU time if no instructions were counted."""
    ours = _one(part, OURS)["handlerOnly"]
    counted = {
        name: ours[name]["instructionsToFloor"]
        for name in ("get", "create")
        if "instructionsToFloor" in ours[name]
    }
    if not counted:
        return _warm("handlerOnly", FLOORS)(language, part)
    return [
        (f"{name} {value:.2f} of the instructions", value)
        for name, value in counted.items()
    ]


def _refusal(_: str, part: Part) -> list[Found]:
    us = _one(part, OURS)["handlerOnly"]["invalid"]["us"]
    return [(f"{us['median']:.0f} µs ({us['low']:.0f}-{us['high']:.0f})", us["median"])]


def _zip(_: str, part: Part) -> list[Found]:
    packages = _one(part, OURS)["packages"].values()
    most = max(package["zipBytes"] for package in packages)
    return [(size(most), most)]


FLOORS = {"python": FLOOR, "node": FLOOR}
FIRST_PEERS = {"python": "fastapi", "node": "hono"}
WARM_PEERS = {"python": "fastapi", "node": "express"}
GOALS = (
    Goal(
        "init and first request, against the bare SDK",
        {"python": "0.45", "node": "0.75"},
        _first(FLOORS),
    ),
    Goal(
        "the same against FastAPI + Mangum, Hono + zod",
        {"python": "0.25", "node": "0.55"},
        _first(FIRST_PEERS),
    ),
    Goal(
        "warm handler, against the bare SDK",
        {"python": "0.88", "node": "1.00"},
        _instructions,
    ),
    Goal(
        "the same through Lambda's runtime",
        {"python": "", "node": "1.00"},
        _warm("warm", FLOORS),
    ),
    Goal(
        "warm, against FastAPI + Mangum, Express",
        {"python": "0.65", "node": "0.60"},
        _warm("handlerOnly", WARM_PEERS),
    ),
    Goal(
        "refusing an invalid body",
        {"python": "80 µs", "node": "20 µs"},
        _refusal,
    ),
    Goal("zip", {"python": "7 MB", "node": "130 KB"}, _zip),
)
# The factor of each unit of a goal.
UNITS = {"": 1, "µs": 1, "KB": KB, "MB": MB}


def markdown(document: Document) -> str:
    """Return the table, and when and where it was measured."""
    head = ["CPU", "Python: at most", "is", "TypeScript: at most", "is"]
    rows = [[goal.what, *_cells(goal, document["languages"])] for goal in GOALS]
    load = " and ".join(f"{value:.1f}" for value in document["load"])
    plan = document["plan"]
    remark = (
        f"Measured {document['measuredAt'][:10]} on {document['machine']}, load "
        f"average {load} before and after. In parentheses the quartiles of "
        f"{plan['coldRounds']} starts and of {plan['warmRounds']} warm rounds. "
        "Figures that miss their goal are bold."
    )
    return f"{table(head, rows, len(head))}\n\n{remark}"


def _cells(goal: Goal, languages: dict[str, Part]) -> Iterator[str]:
    for language in ("python", "node"):
        most = goal.most[language]
        yield most
        yield _figures(most, goal.found(language, languages[language]))


def _figures(most: str, found: list[Found]) -> str:
    return ", ".join(
        text if not most or value <= number(most) else f"**{text}**"
        for text, value in found
    )


def number(most: str) -> float:
    """Return a goal as a number: `7 MB` is 7,000,000."""
    value, _, unit = most.partition(" ")
    return float(value) * UNITS[unit]
