"""Checks docs/proving.md's table of traps between the languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from twinproof.plugin import Clauses, Contract, FileFinding

PAGE = "docs/proving.md"
HEAD = "| trap | rule | cases |\n|---|---|---|\n"
# A finding names a row by this many characters of its first cell.
SHOWN = 40


def lint_traps(contract: Contract, ids: Set[str]) -> Iterator[FileFinding]:
    """Yield rows without a rule or a case, and citations that lead nowhere.

    A contract without the page beside it lists no traps.
    """
    page = contract.root.parent / PAGE
    if not page.is_file():
        return
    _, head, table = page.read_text(encoding="utf-8").partition(HEAD)
    if not head:
        yield FileFinding(PAGE, "", "has no table of trap, rule, cases")
    clauses = Clauses(contract.root)
    for row in table.partition("\n\n")[0].splitlines():
        trap, *cells = re.split(r" *\| *", row.strip("| "))
        for what in _faults(clauses, ids, cells):
            yield FileFinding(PAGE, trap[:SHOWN], what)


def _faults(clauses: Clauses, ids: Set[str], cells: list[str]) -> Iterator[str]:
    if len(cells) != 2:
        yield f"the row has {len(cells) + 1} cells, not 3"
        return
    rule, cases = cells
    rules = re.findall(r"\]\(\.\./contract/([^)]*)\)", rule)
    if not rules:
        yield "has no rule"
    for clause in rules:
        if fault := clauses.fault(clause):
            yield fault
    named = re.findall(r"`([^`]*)`", cases)
    if not named:
        yield "has no case"
    for name in named:
        if name not in ids:
            yield f"there is no case {name}"
