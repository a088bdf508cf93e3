"""Each promise of README.md has a command beside it; some of them are the lab's."""

from __future__ import annotations

import re

from tests.unit.makefiles import ROOT, TARGETS


def test_each_promise_of_the_front_page_has_a_command_that_shows_it() -> None:
    _, _, table = (
        (ROOT / "README.md").read_text("utf-8").partition("| what is promised")
    )
    rows = table.partition("\n\n")[0].splitlines()[2:]

    shown = [re.findall(r"`make ([a-z-]+)`", row.split(" | ")[-1]) for row in rows]
    assert shown
    assert all(shown)
    assert {name for names in shown for name in names} <= TARGETS
