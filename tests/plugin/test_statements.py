"""Each statement about AWS is written once, has a source, and is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from twinproof.cases.model import read_cases
from twinproof.cases.statements import Standing, cited, lint_statements, read_statements
from twinproof.contract.openapi import Contract
from twinproof.errors import FileFault

LINK = "https://docs.aws.amazon.com/page"
DOCUMENTED = {"says": "S3 is blue", "standing": "documented", "link": LINK}
ASSUMED = {
    "says": "S3 is round",
    "standing": "assumed",
    "command": "curl x",
    "expect": "a ball",
}
NO_CASE = {**ASSUMED, "noCase": "no request shows it"}


def write(root: Path, statements: dict[str, Any], *texts: str) -> None:
    document = {"citedIn": list(texts), "statements": statements}
    (root / "aws.yaml").write_text(yaml.safe_dump(document), "utf-8")


def cite(root: Path, *ids: str) -> None:
    """Make the first case rely on statements."""
    path = root / "cases" / "get-user.yaml"
    document = yaml.safe_load(path.read_text("utf-8"))
    document["cases"][0]["aws"] = list(ids)
    path.write_text(yaml.safe_dump(document), "utf-8")


def found(root: Path) -> list[str]:
    contract = Contract(root)
    collection = read_cases(root, contract.schemas)
    return [str(each) for each in lint_statements(contract, collection)]


def test_statement_that_a_case_relies_on_has_no_fault(small_contract: Path) -> None:
    write(small_contract, {"blue": DOCUMENTED, "round": ASSUMED})
    cite(small_contract, "blue", "round")

    assert found(small_contract) == []


def test_statement_that_a_text_cites_is_used(small_contract: Path) -> None:
    (small_contract.parent / "code.py").write_text("# see aws.yaml#blue.\n", "utf-8")
    write(small_contract, {"blue": DOCUMENTED}, "*.py")

    assert found(small_contract) == []


def test_unused_statement_is_reported(small_contract: Path) -> None:
    write(small_contract, {"blue": DOCUMENTED})

    assert found(small_contract) == ["aws.yaml: blue: nothing relies on it"]


def test_unknown_statement_is_reported_with_its_location(small_contract: Path) -> None:
    (small_contract.parent / "code.py").write_text("# aws.yaml#red\n", "utf-8")
    write(small_contract, {}, "*.py")
    cite(small_contract, "green")

    first, second = found(small_contract)
    assert first.endswith(": green: aws.yaml has no such statement")
    assert first.startswith("getUser/")
    assert second == "code.py: red: aws.yaml has no such statement"


def test_assumed_statement_needs_a_case_or_a_reason(small_contract: Path) -> None:
    text = small_contract.parent / "code.py"
    text.write_text("# aws.yaml#round aws.yaml#flat\n", "utf-8")
    write(small_contract, {"round": ASSUMED, "flat": NO_CASE}, "*.py")

    (shown,) = found(small_contract)
    assert shown.startswith("aws.yaml: round: it is assumed: cite it in a case, or say")


def test_reason_for_having_no_case_is_a_fault_if_there_is_a_case(
    small_contract: Path,
) -> None:
    write(small_contract, {"flat": NO_CASE})
    cite(small_contract, "flat")

    assert found(small_contract) == [
        "aws.yaml: flat: a case shows it, so noCase is wrong"
    ]


def test_pattern_that_matches_no_file_is_reported(small_contract: Path) -> None:
    write(small_contract, {}, "nowhere/*.py")

    assert found(small_contract) == ["aws.yaml: nowhere/*.py: matches no file"]


@pytest.mark.parametrize(
    "statement",
    [
        {"says": "x", "standing": "documented"},
        {**DOCUMENTED, "link": "https://example.com/a-blog"},
        {**DOCUMENTED, "command": "curl x"},
        {"says": "x", "standing": "captured"},
        {"says": "x", "standing": "assumed", "command": "curl x"},
        {**ASSUMED, "link": LINK},
        {**DOCUMENTED, "standing": "believed"},
    ],
)
def test_each_standing_needs_its_source(
    small_contract: Path, statement: dict[str, str]
) -> None:
    write(small_contract, {"blue": statement})

    with pytest.raises(FileFault, match="/statements/blue"):
        read_statements(Contract(small_contract))
    assert found(small_contract)


def test_contract_without_the_file_has_no_statements(small_contract: Path) -> None:
    assert read_statements(Contract(small_contract)) == {}
    assert found(small_contract) == []


def test_case_that_an_emulator_fails_relies_on_the_statement_it_breaks(
    small_contract: Path,
) -> None:
    write(small_contract, {"blue": DOCUMENTED})
    folder = small_contract / "emulators"
    folder.mkdir()
    contract = Contract(small_contract)
    collection = read_cases(small_contract, contract.schemas)
    first = collection.cases[0].full_id
    difference = {"what": "x", "aws": "blue", "seen": {"status": 1}, "cases": [first]}
    document = {"title": "t", "version": "v", "differences": [difference]}
    (folder / "tool.yaml").write_text(yaml.safe_dump(document), "utf-8")

    assert cited(contract, collection)[first] == {"blue"}
    assert found(small_contract) == []


def test_every_statement_of_the_contract_has_a_source(
    contract: Contract,
) -> None:
    statements = read_statements(contract).values()

    assert {each.standing for each in statements} == set(Standing)
    assert all(
        each.command if each.standing is Standing.ASSUMED else each.link
        for each in statements
    )
