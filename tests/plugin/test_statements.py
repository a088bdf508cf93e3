"""What is said of AWS stands once, with its source, and is relied on."""

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
    """Let the first case rely on statements."""
    path = root / "cases" / "get-user.yaml"
    document = yaml.safe_load(path.read_text("utf-8"))
    document["cases"][0]["aws"] = list(ids)
    path.write_text(yaml.safe_dump(document), "utf-8")


def found(root: Path) -> list[str]:
    contract = Contract(root)
    collection = read_cases(root, contract.schemas)
    return [str(each) for each in lint_statements(contract, collection)]


def test_statement_that_a_case_relies_on_is_right(small_contract: Path) -> None:
    write(small_contract, {"blue": DOCUMENTED, "round": ASSUMED})
    cite(small_contract, "blue", "round")

    assert found(small_contract) == []


def test_statement_that_a_text_cites_is_used(small_contract: Path) -> None:
    (small_contract.parent / "code.py").write_text("# see aws.yaml#blue.\n", "utf-8")
    write(small_contract, {"blue": DOCUMENTED}, "*.py")

    assert found(small_contract) == []


def test_statement_that_nothing_relies_on_is_told(small_contract: Path) -> None:
    write(small_contract, {"blue": DOCUMENTED})

    assert found(small_contract) == ["aws.yaml: blue: nothing relies on it"]


def test_unknown_statement_is_told_where_it_stands(small_contract: Path) -> None:
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

    (told,) = found(small_contract)
    assert told.startswith("aws.yaml: round: it is assumed: cite it in a case, or say")


def test_reason_why_no_case_shows_it_is_wrong_beside_a_case(
    small_contract: Path,
) -> None:
    write(small_contract, {"flat": NO_CASE})
    cite(small_contract, "flat")

    assert found(small_contract) == [
        "aws.yaml: flat: a case shows it, so noCase is wrong"
    ]


def test_pattern_of_no_file_is_told(small_contract: Path) -> None:
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
def test_each_standing_has_what_stands_behind_it(
    small_contract: Path, statement: dict[str, str]
) -> None:
    write(small_contract, {"blue": statement})

    with pytest.raises(FileFault, match="/statements/blue"):
        read_statements(Contract(small_contract))
    assert found(small_contract)


def test_contract_without_the_file_says_nothing_of_aws(small_contract: Path) -> None:
    assert read_statements(Contract(small_contract)) == {}
    assert found(small_contract) == []


def test_case_that_an_emulator_fails_relies_on_what_it_differs_from(
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


def test_contract_says_of_every_statement_where_it_comes_from(
    contract: Contract,
) -> None:
    statements = read_statements(contract).values()

    assert {each.standing for each in statements} == set(Standing)
    assert all(
        each.command if each.standing is Standing.ASSUMED else each.link
        for each in statements
    )
