"""What `parity check` on one case does not do: read, check and load everything."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from contract.suite import benches, cli
from contract.suite.cases import read_cases, read_chosen
from contract.suite.errors import FileFault, UsageError
from contract.suite.openapi import Contract
from contract.suite.targets import Target

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Read = Callable[..., list[tuple[str, list[str]]]]

NOT_NEEDED = (
    "boto3",
    "contract.plugin.fuzz",
    "contract.suite.fuzz",
    "contract.suite.page",
    "contract.suite.report",
    "contract.suite.structure",
    "openapi_spec_validator",
    "s3transfer",
)

READS = """
import json, sys
from contract.suite.cli import ROOT
from contract.suite.openapi import Contract
from contract.suite.rulebook import Rulebook
Rulebook.read(Contract(ROOT))
print(json.dumps(list(sys.modules)))
"""
"""What `check` does before it looks at a case."""


@pytest.fixture
def read(small_contract: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Read cases; return the formats that were checked, with the ids in each file."""
    contract = Contract(small_contract)

    def chosen(*wanted: str) -> list[tuple[str, list[str]]]:
        checked: list[tuple[str, list[str]]] = []
        faults = contract.schemas.faults

        def counted(reference: str, value: object) -> object:
            body = value if isinstance(value, dict) else {}
            parts = body.get("cases") or body.get("steps") or []
            checked.append((reference, [part["id"] for part in parts]))
            return faults(reference, value)

        with monkeypatch.context() as patch:
            patch.setattr(contract.schemas, "faults", counted)
            read_chosen(small_contract, contract.schemas, wanted)
        return checked

    return chosen


def test_one_case_is_read_and_checked_alone(read: Read) -> None:
    assert read("getUser/answers-the-user") == [
        ("formats/case.json", ["answers-the-user"])
    ]


def test_operation_is_read_from_its_file_alone(read: Read) -> None:
    [(reference, ids)] = read("getUser")

    assert reference == "formats/case.json"
    assert "answers-the-user" in ids
    assert len(ids) > 1


def test_journey_is_read_alone(read: Read) -> None:
    [(reference, _)] = read("journeys/crowd")

    assert reference == "formats/journey.json"


@pytest.mark.parametrize(
    "wanted",
    [
        ["getUser/answers-the-user"],
        ["journeys/crowd", "getUser", "createUser/creates"],
        ["journeys"],
        [],
    ],
)
def test_what_is_chosen_is_as_it_was_among_all(
    small_contract: Path, wanted: list[str]
) -> None:
    schemas = Contract(small_contract).schemas

    chosen = read_chosen(small_contract, schemas, wanted)

    assert chosen == read_cases(small_contract, schemas).choose(wanted)


def test_case_in_a_file_of_another_name_is_found(small_contract: Path) -> None:
    schemas = Contract(small_contract).schemas
    (small_contract / "cases/get-user.yaml").rename(small_contract / "cases/x.yaml")

    chosen = read_chosen(small_contract, schemas, ["getUser/answers-the-user"])

    assert [each.full_id for each in chosen.all] == ["getUser/answers-the-user"]


@pytest.mark.parametrize(
    "name", ["getUser/nope", "journeys/nope", "journeys/../cases/get-user", "x", ""]
)
def test_unknown_name_is_told_with_the_nearest(small_contract: Path, name: str) -> None:
    schemas = Contract(small_contract).schemas

    with pytest.raises(UsageError, match="the nearest is"):
        read_chosen(small_contract, schemas, ["getUser", name])


@pytest.mark.parametrize("text", ["{", "[]", "{operation: getUser, cases: {}}"])
def test_broken_file_of_a_chosen_case_is_told(small_contract: Path, text: str) -> None:
    schemas = Contract(small_contract).schemas
    (small_contract / "cases/get-user.yaml").write_text(text)

    with pytest.raises(FileFault, match=r"cases/get-user\.yaml"):
        read_chosen(small_contract, schemas, ["getUser/answers-the-user"])


def test_service_model_is_read_once_for_all_targets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = []

    class Session:
        def __init__(self) -> None:
            made.append(self)

        def create_client(self, *_: object, **__: object) -> Session:
            return self

        def describe_stacks(self, **_: object) -> dict[str, list[dict[str, object]]]:
            return {"Stacks": [{}]}

    monkeypatch.setattr(benches, "Session", Session)
    benches.session.cache_clear()
    try:
        for name in ("one", "other"):
            assert benches.stack_outputs(Target(name, "http://127.0.0.1:1"), "s") == {}
    finally:
        benches.session.cache_clear()

    assert len(made) == 1


def test_check_loads_no_module_of_another_command() -> None:
    done = subprocess.run(
        [sys.executable, "-c", READS], capture_output=True, check=True, cwd=cli.ROOT
    )

    loaded = set(json.loads(done.stdout))
    assert sorted(loaded.intersection(NOT_NEEDED)) == []
