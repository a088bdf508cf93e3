"""docs/parity.md: every trap it lists has a rule and cases that are there."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from contract.suite.cases import read_cases
from contract.suite.clauses import Clauses
from contract.suite.openapi import Contract
from tests.unit.contract.conftest import CONTRACT

DOCUMENT = CONTRACT.parent / "docs" / "parity.md"
HEAD = "| trap | rule | cases |\n|---|---|---|\n"


@dataclass(frozen=True)
class Trap:
    """One row of the table."""

    text: str
    rules: list[str]
    cases: list[str]


def traps(text: str) -> list[Trap]:
    rows = text.partition(HEAD)[2].partition("\n\n")[0].splitlines()
    cells = [re.split(r" *\| *", row.strip("| ")) for row in rows]
    return [
        Trap(
            told,
            re.findall(r"\]\(\.\./contract/([^)]*)\)", rules),
            re.findall(r"`([^`]*)`", cases),
        )
        for told, rules, cases in cells
    ]


TRAPS = traps(DOCUMENT.read_text("utf-8"))


def test_traps_are_read_from_the_document() -> None:
    assert len(TRAPS) > 15


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.text[:40])
def test_each_trap_has_its_rule(trap: Trap) -> None:
    clauses = Clauses(CONTRACT)
    assert trap.rules
    assert [fault for rule in trap.rules if (fault := clauses.fault(rule))] == []


def test_each_trap_names_cases_that_are_there() -> None:
    known = {
        each.full_id for each in read_cases(CONTRACT, Contract(CONTRACT).schemas).all
    }
    missing = [case for trap in TRAPS for case in trap.cases if case not in known]
    assert all(trap.cases for trap in TRAPS)
    assert missing == []


def test_imposters_are_counted_as_they_are() -> None:
    folder = CONTRACT.parent / "tests" / "integration" / "imposters"
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.yaml"))]
    count = sum(len(re.findall(r"^  - name: ", text, re.MULTILINE)) for text in texts)
    assert f"{count} real handlers" in DOCUMENT.read_text("utf-8")
