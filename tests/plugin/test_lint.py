"""Faults that lint reports; most of them are data in refused/."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from twinproof.contract.openapi import Contract
from twinproof.errors import FileFault, FileFinding
from twinproof.files import read_json, read_yaml
from twinproof.lint.lint import lint

REFUSED = yaml.safe_load((Path(__file__).parent / "refused/cases.yaml").read_text())
CASES = "cases/create-user.yaml"


def findings(root: Path) -> list[str]:
    """Return the findings of lint, without the gaps of the small contract."""
    found = [str(finding) for finding in lint(Contract(root))]
    return [line for line in found if not re.search("no case (reaches|covers)", line)]


def make_invalid(root: Path, name: str, change: dict[str, Any]) -> None:
    path = root / name
    document = yaml.safe_load(path.read_text())
    document["cases"][0].update(change)
    path.write_text(yaml.safe_dump(document, allow_unicode=True))


@pytest.mark.parametrize("entry", REFUSED, ids=lambda entry: entry["found"])
def test_case_is_refused(small_contract: Path, entry: dict[str, Any]) -> None:
    make_invalid(small_contract, CASES, entry["change"])

    assert entry["found"] in "\n".join(findings(small_contract))


def test_right_files_have_only_gaps(small_contract: Path) -> None:
    gaps = "cases are marked event: true, not 1"

    assert [line for line in findings(small_contract) if gaps not in line] == []


def test_id_occurs_once(small_contract: Path) -> None:
    make_invalid(small_contract, CASES, {"id": "keeps-the-key"})

    assert "cases: createUser/keeps-the-key: the id occurs 2 times" in findings(
        small_contract
    )


def test_file_has_the_name_of_its_operation(small_contract: Path) -> None:
    (small_contract / CASES).rename(small_contract / "cases/make-user.yaml")

    assert (
        "cases/make-user.yaml: the file is not named after its operation createUser"
        in findings(small_contract)
    )


def test_pattern_is_known(small_contract: Path) -> None:
    then = {"status": 201, "json": {"userId": {"match": "ulids"}}}
    make_invalid(small_contract, CASES, {"then": then})
    journey = small_contract / "journeys" / "crowd.yaml"
    text = journey.read_text()
    answer = "{status: 201, json: {match: a}}"
    step = f"{{id: more, operation: createUser, then: {answer}}}"
    journey.write_text(f"{text}  - {step}\n")

    found = "\n".join(findings(small_contract))
    assert "no pattern is named ulids; the nearest is ulid" in found
    assert "journeys/crowd more: no pattern is named a; the nearest is" in found


def test_operation_is_known(small_contract: Path) -> None:
    text = (small_contract / CASES).read_text()
    (small_contract / CASES).write_text(text.replace("createUser", "makeUser", 1))

    found = "\n".join(findings(small_contract))
    assert "openapi.yaml has no operation makeUser" in found


def test_every_documented_status_is_reached(small_contract: Path) -> None:
    found = [str(finding) for finding in lint(Contract(small_contract))]

    assert "cases: getUser: no case reaches the documented 304" in found
    assert "cases: getUser: no case reaches the documented 200" not in found


def test_status_that_a_test_covers_needs_no_case(small_contract: Path) -> None:
    root = small_contract
    tests = root.parent / "tests"
    tests.mkdir()
    (tests / "test_it.py").write_text("def test_conflict() -> None: ...\n")
    unreachable = """
- {operation: "*", status: 503, why: x, tests: ["tests/test_it.py::test_conflict"]}
- {operation: getUser, status: 200, why: x, tests: ["tests/test_it.py::test_none"]}
- {operation: getUser, status: 304, why: x, tests: ["tests/none.py::test_conflict"]}
"""
    (root / "unreachable.yaml").write_text(unreachable)

    found = [str(finding) for finding in lint(Contract(root))]

    assert not [line for line in found if line.endswith("503")]
    assert "unreachable.yaml: getUser 200: has a case now" in found
    message = "unreachable.yaml: tests/{}: there is no such test"
    assert message.format("test_it.py::test_none") in found
    assert message.format("none.py::test_conflict") in found


def test_unreachable_has_a_format(small_contract: Path) -> None:
    (small_contract / "unreachable.yaml").write_text("[{operation: x}]\n")

    assert "unreachable.yaml: /0: 'status' is a required" in "\n".join(
        findings(small_contract)
    )


def test_target_has_a_format(small_contract: Path) -> None:
    (small_contract / "targets").mkdir()
    (small_contract / "targets" / "x.yaml").write_text("{implementation: X}\n")

    assert "targets/x.yaml: /implementation" in "\n".join(findings(small_contract))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("id: uploads-once-only", "id: uploads", "step uploads occurs 2 times"),
        ("why: an", "why: should be an", "why contains 'should'"),
        ("operation: getAsset", "operation: getNothing", "no operation getNothing"),
        ("upload: {ref", "download: {ref", "'text' was unexpected"),
    ],
)
def test_journey_is_refused(
    small_contract: Path, old: str, new: str, found: str
) -> None:
    path = small_contract / "journeys/asset-life.yaml"
    path.write_text(path.read_text().replace(old, new))

    assert found in "\n".join(findings(small_contract))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2\n", "line 2: 'a' stands twice"),
        ("a: [\n", "line 2"),
        ("a: \x01\n", "control characters"),
    ],
)
def test_yaml_that_cannot_be_read_is_one_line(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)

    with pytest.raises(FileFault, match=message):
        read_yaml(path)


def test_yaml_has_the_values_of_its_core_schema(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("{a: no, b: 2026-01-01, c: 010, d: 1e3, e: true, f: ~, 1: 0.5}")

    assert read_yaml(path) == {
        "a": "no",
        "b": "2026-01-01",
        "c": 10,
        "d": 1000.0,
        "e": True,
        "f": None,
        "1": 0.5,
    }


def test_json_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{")

    with pytest.raises(FileFault, match=r"x\.json: Expecting"):
        read_json(path)


def test_contract_without_a_document_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FileFault, match=r"openapi\.yaml"):
        Contract(tmp_path)


def test_finding_without_a_location_is_file_and_fault() -> None:
    assert str(FileFinding("a.yaml", "", "bad")) == "a.yaml: bad"
