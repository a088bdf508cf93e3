"""The front page stays short; the index names every page."""

from __future__ import annotations

import re

from tests.unit.makefiles import ROOT

FRONT = (ROOT / "README.md").read_text("utf-8")
DOCS = ROOT / "docs"
INDEX = (DOCS / "README.md").read_text("utf-8")
MOST_LINES = 120


def test_front_page_is_short() -> None:
    assert len(FRONT.splitlines()) <= MOST_LINES


def test_index_names_every_page_once() -> None:
    pages = {path.name for path in DOCS.glob("*.md")} - {"README.md"}

    linked = re.findall(r"^- \[[^]]+\]\(([a-z-]+\.md)\): ", INDEX, re.MULTILINE)
    assert sorted(linked) == sorted(pages)
