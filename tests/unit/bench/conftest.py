"""Results of a made-up run, whose ratios can be reckoned by hand."""

from __future__ import annotations

import signal
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from bench import document
from bench.contestants import FLOOR, LABELS, OURS, Contestant, Package
from bench.measure import ALONE, FIRST, FULL, Figures
from bench.records import FIVE
from local.stopping import STOP_SIGNALS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Commands run here take the signals for themselves."""
    before = {one: signal.getsignal(one) for one in STOP_SIGNALS}
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


CALLS = {
    "get": Counter(GetItem=1),
    "create": Counter(TransactWriteItems=1),
    "list": Counter(Query=4),
    "invalid": Counter[str](),
    "asset": Counter(PutItem=1),
}


def figures(scale: float) -> Figures:
    """Return three rounds of 0.1, 0.2 and 0.3 s to start, and as many ms warm."""
    seconds = [scale * 0.1, scale * 0.2, scale * 0.3]
    warm = [value / 100 for value in seconds]
    return Figures(
        init=dict.fromkeys(FIRST, seconds),
        first=dict.fromkeys(FIRST, seconds),
        warm=dict.fromkeys(FIVE, warm),
        alone=dict.fromkeys(ALONE, warm),
        peak={name: [50.0, 51.0, 52.0] for name in FIRST},
        calls=CALLS,
        modules=dict.fromkeys(FIRST, 100),
    )


def contestant(folder: Path, name: str, label: str) -> Contestant:
    (folder / "handler.py").write_text("x" * 1_000)
    package = Package(folder, 500, "users.handler", "python3.13")
    return Contestant("python", name, label, package, package)


def language_part(folder: Path, others: dict[str, str]) -> document.Document:
    """Return the part of a language in which ours needs a half of what others do."""
    labels = {OURS: "ours & <co>", **others}
    contestants = [contestant(folder, name, label) for name, label in labels.items()]
    found = {name: figures(0.5 if name == OURS else 1.0) for name in labels}
    counted = {OURS: {"get": 300.0}, FLOOR: {"get": 400.0}}
    return document.language_part(contestants, found, counted)


@pytest.fixture
def made(tmp_path: Path) -> document.Document:
    """A run of one language."""
    part = language_part(tmp_path, {FLOOR: "bare boto3"})
    return document.whole(FULL, {"python": part}, 0.5)


@pytest.fixture
def both(tmp_path: Path) -> document.Document:
    """A run of both languages with all their peers."""
    parts = {name: language_part(tmp_path, peers) for name, peers in LABELS.items()}
    return document.whole(FULL, parts, 0.5)
