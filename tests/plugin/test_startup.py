"""`twinproof check` of one case does not read, check and load everything."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugin.fake_http import serving
from tests.plugin.fake_service import Fake
from twinproof.cases.model import read_cases, read_chosen
from twinproof.contract.openapi import Contract
from twinproof.errors import FileFault, UsageError
from twinproof.targets import prepared as module
from twinproof.targets.target import Target

Read = Callable[..., list[tuple[str, list[str]]]]

NOT_NEEDED = (
    "boto3",
    "contract.plugin.fuzz",
    "twinproof.fuzz.fuzzer",
    "twinproof.report.html",
    "twinproof.report.files",
    "twinproof.lint.structure",
    "openapi_spec_validator",
    "s3transfer",
)

READS = """
import json, sys
from pathlib import Path
import twinproof.commands.cli
from twinproof.contract.openapi import Contract
from twinproof.checks.checks import Checks
Checks.read(Contract(Path("contract")))
print(json.dumps(list(sys.modules)))
"""
"""What `check` does before it reads a case."""


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


def test_only_the_chosen_case_is_checked(read: Read) -> None:
    assert read("getUser/answers-the-user") == [
        ("formats/case.json", ["answers-the-user"])
    ]


def test_only_the_file_of_the_operation_is_read(read: Read) -> None:
    [(reference, ids)] = read("getUser")

    assert reference == "formats/case.json"
    assert "answers-the-user" in ids
    assert len(ids) > 1


def test_only_the_file_of_the_journey_is_read(read: Read) -> None:
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
def test_unknown_name_is_printed_with_the_nearest(
    small_contract: Path, name: str
) -> None:
    schemas = Contract(small_contract).schemas

    with pytest.raises(UsageError, match="the nearest is"):
        read_chosen(small_contract, schemas, ["getUser", name])


@pytest.mark.parametrize("text", ["{", "[]", "{operation: getUser, cases: {}}"])
def test_broken_file_of_a_chosen_case_is_named(small_contract: Path, text: str) -> None:
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

    monkeypatch.setattr("botocore.session.Session", Session)
    module.session.cache_clear()
    try:
        for name in ("one", "other"):
            assert module.stack_outputs(Target(name, "http://127.0.0.1:1"), "s") == {}
    finally:
        module.session.cache_clear()

    assert len(made) == 1


def test_check_loads_no_module_of_another_command() -> None:
    done = subprocess.run(
        [sys.executable, "-c", READS], capture_output=True, check=True
    )

    loaded = set(json.loads(done.stdout))
    assert sorted(loaded.intersection(NOT_NEEDED)) == []


def without_botocore(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command where botocore, the extra `aws`, is not installed."""
    code = (
        "import sys; sys.modules['botocore'] = None; import "
        "twinproof.commands.cli as c; "
    )
    return subprocess.run(
        [sys.executable, "-c", f"{code}sys.exit(c.main(sys.argv[1:]))", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_and_urls_need_no_botocore(small_contract: Path) -> None:
    assert without_botocore("--help").stdout.startswith("usage: twinproof ")
    with serving(Fake()) as url:
        done = without_botocore(
            *("--contract", str(small_contract), "check", "--case", "getHealth"),
            *("--target", f"a={url}", "--target", f"b={url}"),
        )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--target", "a=lambda:f", "--lambda-endpoint", "{url}"],
        ["--target", "a={url}", "--stack", "s"],
    ],
)
def test_lambda_and_stacks_without_botocore_are_one_line(arguments: list[str]) -> None:
    with serving(Fake()) as url:
        given = [each.format(url=url) for each in arguments]
        done = without_botocore("check", *given)

    line = "twinproof: target a needs boto3, which is not installed; install it\n"
    assert (done.returncode, done.stderr) == (2, line)
