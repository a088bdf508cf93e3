"""Results of a made-up run, whose ratios can be calculated by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from lab.bench import document
from lab.bench.candidates import FLOOR, LABELS, OURS, Candidate, Package
from lab.bench.measuring.measure import FULL, Figures

CALLS = {
    "get": Counter(GetItem=1),
    "create": Counter(TransactWriteItems=1),
    "list": Counter(Query=4),
    "invalid": Counter[str](),
    "asset": Counter(PutItem=1),
}


# The times of ours, all different: in milliseconds of the start, else in microseconds.
NEEDED = {
    "init": {"get": 11, "asset": 13},
    "first": {"get": 17, "asset": 19},
    "warm": {"get": 23, "create": 29, "list": 31, "invalid": 37, "asset": 41},
    "handler_only": {"get": 43, "create": 47, "invalid": 53},
}
UNITS = {"init": 1e-3, "first": 1e-3, "warm": 1e-6, "handler_only": 1e-6}
PYTHON_INSTRUCTIONS = {
    OURS: {"get": 300.0, "create": 500.0},
    FLOOR: {"get": 400.0, "create": 900.0},
}


def figures(index: int) -> Figures:
    """Return three rounds of the candidate at an index; ours is at 0.

    Each other candidate needs 100 more than the one before it. Ours varies by a tenth
    from round to round, the others do not.
    """
    rounds = (0.9, 1.0, 1.1) if index == 0 else (1.0, 1.0, 1.0)
    seconds = {
        kind: {
            request: [(number + 100 * index) * UNITS[kind] * one for one in rounds]
            for request, number in of_kind.items()
        }
        for kind, of_kind in NEEDED.items()
    }
    return Figures(
        **seconds,
        peak={"get": [50.0, 51.0 + index, 90.0], "asset": [60.0, 61.0 + index, 90.0]},
        calls=CALLS,
        modules={"get": 100 + index, "asset": 200 + index},
    )


def candidate(folder: Path, name: str, label: str, index: int = 0) -> Candidate:
    """Return a candidate with packages of 1,000 and 3,000 bytes, each zip unique."""
    packages = []
    for number, function in enumerate(("users", "assets")):
        (folder / function).mkdir(exist_ok=True)
        (folder / function / "handler.py").write_text("x" * (1_000 + 2_000 * number))
        zip_bytes = 110_000 + 40_000 * number + 1_000_000 * index
        packages.append(
            Package(folder / function, zip_bytes, f"{function}.handler", "python3.11")
        )
    return Candidate("python", name, label, *packages)


def language_part(
    folder: Path,
    others: dict[str, str],
    counted: Mapping[str, Mapping[str, float]],
) -> document.Document:
    """Return the part of a language."""
    labels = {OURS: "ours & <co>", **others}
    candidates = [
        candidate(folder, name, label, index)
        for index, (name, label) in enumerate(labels.items())
    ]
    found = {name: figures(index) for index, name in enumerate(labels)}
    return document.language_part(candidates, found, counted)


@pytest.fixture
def made(tmp_path: Path) -> document.Document:
    """A run of one language."""
    part = language_part(tmp_path, {FLOOR: "bare boto3"}, PYTHON_INSTRUCTIONS)
    return document.whole(FULL, {"python": part}, 0.5)


@pytest.fixture
def both(tmp_path: Path) -> document.Document:
    """A run of both languages with all their peers."""
    counted: dict[str, dict[str, dict[str, float]]] = {"python": PYTHON_INSTRUCTIONS}
    parts = {
        name: language_part(tmp_path, peers, counted.get(name, {}))
        for name, peers in LABELS.items()
    }
    return document.whole(FULL, parts, 0.5)
