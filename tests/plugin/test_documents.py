"""What `twinproof lint` prints about a fault in openapi.yaml, a schema or rules.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract.plugin.traps import HEAD, PAGE
from twinproof.commands import cli
from twinproof.contract.nodes import nodes, schema_roots, schemas_in
from twinproof.contract.openapi import Contract

FAULTS = Path(__file__).parent / "refused" / "documents.yaml"
# What the few cases of the small contract do not cover.
GAP = re.compile("no case (reaches|covers)|cases are marked event: true")


def lines(root: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what `twinproof lint` prints, without the gaps of the small contract."""
    assert cli.main(["--contract", str(root), "lint"]) == 1
    printed = capsys.readouterr()
    assert printed.err == ""
    return [line for line in printed.out.splitlines() if not GAP.search(line)]


def make_invalid(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    "entry",
    yaml.safe_load(FAULTS.read_text("utf-8")),
    ids=lambda entry: entry["fault"].replace(" ", "-"),
)
def test_fault_is_printed_with_file_and_pointer(
    small_contract: Path, capsys: pytest.CaptureFixture[str], entry: dict[str, Any]
) -> None:
    path = small_contract / entry["file"]
    make_invalid(path, entry["replace"], entry["by"])
    if "also" in entry:
        make_invalid(path, *entry["also"])

    assert lines(small_contract, capsys) == entry["lines"]


def test_documents_without_a_fault_have_no_line(
    small_contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lines(small_contract, capsys) == []


def test_data_is_not_read_as_part_of_a_document() -> None:
    document = {
        "value": {"a": {}},
        "examples": [{"b": {}}],
        "properties": {"value": {"example": {"c": {}}}},
    }

    assert [pointer for pointer, _ in nodes(document)] == [
        *("", "/properties", "/properties/value")
    ]


def test_every_kind_of_schema_inside_a_schema_is_found() -> None:
    schema: dict[str, Any] = {
        "$defs": {"a/b": {}},
        "allOf": [{}, {"not": {}}],
        "items": {"properties": {"items": {}}},
        "additionalProperties": False,
        "required": ["x"],
    }

    found = [at for _, at, _ in schemas_in([("x.json", "", schema)])]

    assert found == [
        *("", "/$defs/a~1b", "/allOf/0", "/allOf/1", "/allOf/1/not"),
        *("/items", "/items/properties/items"),
    ]


def test_schemas_of_the_api_and_of_its_parts_are_found(contract: Contract) -> None:
    found = {(path, at) for path, at, _ in schema_roots(contract.files)}

    assert ("schemas/user.json", "") in found
    assert ("openapi.yaml", "/components/schemas/EntityTags") in found
    assert ("openapi.yaml", "/components/headers/ETag/schema") in found
    assert ("openapi.yaml", "/components/parameters/Limit/schema") in found


@pytest.mark.parametrize("name", ["openapi.yaml", "schemas/user.json"])
def test_file_that_cannot_be_read_is_named(
    small_contract: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (small_contract / name).write_text("{", "utf-8")

    assert cli.main(["--contract", str(small_contract), "lint"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{name}: ")


@pytest.mark.parametrize("text", ["[]", "1", "paths: {}", "{openapi: 3.1.0, paths: 1}"])
def test_document_that_is_not_openapi_is_not_a_bug_of_the_tool(
    small_contract: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (small_contract / "openapi.yaml").write_text(text, "utf-8")

    found = lines(small_contract, capsys)

    assert found
    assert [line for line in found if not line.startswith("openapi.yaml: ")] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("#/components/responses/EmailTaken'", "#/components/responses/EmailTake'"),
        ("      operationId: createUser\n", ""),
        ("        '304':", "        'x04':"),
        ("paths:\n", "path:\n"),
    ],
)
def test_other_commands_send_the_user_to_lint(
    small_contract: Path, capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    make_invalid(small_contract / "openapi.yaml", old, new)
    check = ["check", "--target", "x=http://127.0.0.1:1"]

    assert cli.main(["--contract", str(small_contract), *check]) == 2
    line = "openapi.yaml: cannot be used; run twinproof lint to see why\n"
    assert capsys.readouterr() == ("", line)


def test_unreachable_names_only_documented_statuses(
    small_contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tests = small_contract.parent / "tests"
    tests.mkdir()
    (tests / "test_it.py").write_text("def test_it() -> None: ...\n", "utf-8")
    (small_contract / "unreachable.yaml").write_text(
        "- operation: getUser\n  status: 409\n  why: x\n"
        "  tests: [tests/test_it.py::test_it]\n",
        "utf-8",
    )

    assert lines(small_contract, capsys) == [
        "unreachable.yaml: getUser 409: is not documented"
    ]


ROW = "| {} | [here](../contract/{}) | {} |\n"
RULE, CASE = "rules.md#unique-email", "`createUser/creates`"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (ROW.format("a", RULE, CASE), []),
        (ROW.format("a", "rules.md#x", CASE), ["a: rules.md has no heading #x"]),
        (ROW.format("a", RULE, "none"), ["a: has no case"]),
        (
            ROW.format("a", RULE, "`createUser/makes`"),
            ["a: there is no case createUser/makes"],
        ),
        (f"| a | | {CASE} |\n", ["a: has no rule"]),
        ("| a | b |\n", ["a: the row has 2 cells, not 3"]),
    ],
)
def test_trap_has_a_rule_and_cases(
    small_contract: Path,
    capsys: pytest.CaptureFixture[str],
    rows: str,
    expected: list[str],
) -> None:
    page = small_contract.parent / PAGE
    page.parent.mkdir()
    page.write_text(f"# Parity\n\n{HEAD}{rows}\nMore.\n", "utf-8")

    assert lines(small_contract, capsys) == [f"{PAGE}: {line}" for line in expected]


def test_page_without_its_table_is_named(
    small_contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = small_contract.parent / PAGE
    page.parent.mkdir()
    page.write_text("# Parity\n", "utf-8")

    assert lines(small_contract, capsys) == [
        f"{PAGE}: has no table of trap, rule, cases"
    ]
