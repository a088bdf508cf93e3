"""`twinproof lint` names what no case covers; nothing covered can be dropped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract.plugin.keys import user_key
from tests.plugin.conftest import prepared_of
from tests.plugin.fake_http import Answer, serving
from tests.plugin.fake_service import Fake
from tests.plugin.with_motto import (
    add_the_cases,
    add_the_field,
    copy_of_the_contract,
    the_cases,
)
from twinproof.cases.model import Case, Collection
from twinproof.checks.checks import Checks
from twinproof.commands import cli
from twinproof.contract.openapi import Contract
from twinproof.contract.schemas import resolve_pointer
from twinproof.contract.unreachable import EVERYWHERE
from twinproof.errors import FileFinding
from twinproof.exchange.model import Key
from twinproof.lint.coverage.evidence import CaseEvidence, evidence_of
from twinproof.lint.coverage.report import Coverage, requirements
from twinproof.lint.coverage.requirement import Requirement
from twinproof.lint.coverage.unread import unread
from twinproof.lint.lint import lint
from twinproof.run.results import Verdict
from twinproof.run.runner import Runner

RECURSIVE = "coverage cannot read a schema that contains itself"
DELETED = "/paths/~1users~1{userId}/delete/responses"
BOTH_CONFLICTS = "#/components/responses/EmailTakenOrConflict"
A_TEST = "tests/plugin/test_coverage.py::test_field_with_its_cases_is_missing_nowhere"
WRITING = ("createUser", "replaceUser", "updateUser")
OF_EACH = (
    "body /motto accepted",
    "body /motto answered",
    "body /motto stored",
    "body /motto at minLength 2",
    "body /motto past minLength 2",
    "body /motto at maxLength 20",
    "body /motto past maxLength 20",
    "body /motto refused by type",
)
OF_SOME = {
    "createUser 201 body /motto",
    "replaceUser 200 body /motto",
    "updateUser 200 body /motto",
    "updateUser body /motto accepted as string",
    "updateUser body /motto accepted as null",
    "* stored-user.json /motto",
}


@pytest.fixture(scope="session")
def evidences(contract: Contract, cases: tuple[Case, ...]) -> list[CaseEvidence]:
    return evidence_of(contract, cases)


@pytest.fixture(scope="session")
def required(checks: Checks) -> dict[str, Requirement]:
    return {f"{each.operation} {each.name}": each for each in requirements(checks)}


@pytest.fixture(scope="session")
def with_motto(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contract with one more field of users, and the cases that cover it."""
    root = copy_of_the_contract(tmp_path_factory.mktemp("with_motto"))
    add_the_field(root)
    add_the_cases(root)
    return root


@pytest.fixture(scope="session")
def motto_cases(with_motto: Path) -> tuple[Checks, Collection]:
    contract, collection = the_cases(with_motto)
    return Checks.read(contract), collection


# ---- the contract itself --------------------------------------------------------


def test_contract_requires_every_kind_and_nothing_is_missing(
    checks: Checks, cases: tuple[Case, ...]
) -> None:
    coverage = Coverage.of(checks, cases)

    assert coverage.missing == []
    assert {each.kind.value for each in coverage.cases} == {
        "request fields",
        "bounds",
        "enum values",
        "parameters",
        "response fields",
        "response headers",
        "problems",
        "stored fields",
    }


# ---- an added field ---------------------------------------------------------------


def test_field_without_a_case_is_missing_everywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = copy_of_the_contract(tmp_path)
    add_the_field(root)

    assert cli.main(["--contract", str(root), "lint"]) == 1

    of_each = {f"{name} {demand}" for name in WRITING for demand in OF_EACH}
    lines = set(capsys.readouterr().out.splitlines())
    assert lines == {
        "cases: {}: no case covers {}".format(*each.split(" ", 1))
        for each in of_each | OF_SOME
    }


def test_field_with_its_cases_is_missing_nowhere(
    with_motto: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--contract", str(with_motto), "lint"]) == 0
    assert capsys.readouterr().out == ""


class Forgetful(Fake):
    """An implementation that does less with a motto than the contract requires."""

    def _create_user(
        self, body: dict[str, Any], headers: dict[str, str], raw: bytes
    ) -> Answer:
        answer = super()._create_user(self._read(body), headers, raw)
        return self._done(answer, answer[2]["userId"])

    def _patch(self, key: Key, item: dict[str, Any], body: dict[str, Any]) -> Answer:
        return self._done(super()._patch(key, item, self._read(body)), key.name)

    def _get(self, key: Key, item: dict[str, Any], rest: list[str]) -> Answer:
        return self._done(super()._get(key, item, rest), "")

    def _read(self, body: dict[str, Any]) -> dict[str, Any]:
        return _without(body) if "ignored" in self.faults else body

    def _done(self, answer: Answer, user_id: str) -> Answer:
        status, headers, shown = answer
        if "not stored" in self.faults and user_id:
            key = user_key(user_id)
            self.store.items[key] = _without(dict(self.store.items[key]))
        left = "not answered" in self.faults
        return status, headers, _without(shown) if left else shown


def _without(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name != "motto"}


@pytest.mark.parametrize(
    ("fault", "case", "where"),
    [
        ("ignored", "createUser/accepts-a-motto-of-2-code-points", "body /motto"),
        ("ignored", "createUser/accepts-a-motto-of-20-code-points", "body /motto"),
        ("not answered", "createUser/accepts-a-motto-of-2-code-points", "body /motto"),
        ("not stored", "createUser/accepts-a-motto-of-2-code-points", "user ? /motto"),
        ("ignored", "updateUser/accepts-a-motto-of-2-code-points", "body /motto"),
        ("not answered", "updateUser/accepts-a-motto-of-2-code-points", "body /motto"),
        ("not stored", "updateUser/accepts-a-motto-of-2-code-points", "user ? /motto"),
        ("not answered", "getUser/answers-every-member-that-is-stored", "body /motto"),
        ("", "createUser/accepts-a-motto-of-20-code-points", ""),
        ("", "updateUser/accepts-a-motto-of-2-code-points", ""),
        ("", "getUser/answers-every-member-that-is-stored", ""),
    ],
)
def test_covered_field_cannot_be_dropped(
    motto_cases: tuple[Checks, Collection], fault: str, case: str, where: str
) -> None:
    checks, collection = motto_cases
    fake = Forgetful(fault)
    with serving(fake) as url:
        runner = Runner(checks, [prepared_of(fake, url)], lambda _: None, "0badcafe")
        result = runner.run(collection.choose([case])).results[0]

    assert result.verdict is (Verdict.FAILED if fault else Verdict.PASSED)
    user_id = result.exchanges[0].json()["userId"]
    labels = [each.where.replace(user_id, "?") for each in result.mismatches]
    assert labels[:1] == ([where] if where else [])


# ---- other additions ---------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "pointer", "more", "demands"),
    [
        (
            "openapi.yaml",
            "/paths/~1health/get/responses/200/headers",
            {"x-colour": {"required": True, "schema": {"type": "string"}}},
            {"getHealth 200 x-colour"},
        ),
        (
            "openapi.yaml",
            "/paths/~1health/get/responses/200/headers",
            {"x-colour": {"schema": {"const": "red"}}},
            {"getHealth 200 x-colour"},
        ),
        (
            "openapi.yaml",
            "/paths/~1health/get",
            {
                "parameters": [
                    {"name": "deep", "in": "query", "schema": {"enum": ["yes", "no"]}},
                    {"name": "x-deep", "in": "header", "schema": {"maxLength": 3}},
                ]
            },
            {
                "getHealth query deep accepted",
                "getHealth query deep decides",
                "getHealth query deep refused twice",
                "getHealth query deep refused by enum",
                "getHealth query deep accepted as yes",
                "getHealth query deep accepted as no",
                "getHealth header x-deep accepted",
                "getHealth header x-deep decides",
                "getHealth header x-deep at maxLength 3",
                "getHealth header x-deep past maxLength 3",
            },
        ),
        (
            "openapi.yaml",
            "/components/responses/UnfitQuery/content/application~1problem+json",
            {"schema": {"$ref": "schemas/problem.json#/$defs/conflict"}},
            {"downloadAsset 400 conflict", "getHealth 400 conflict"},
        ),
        (
            "schemas/asset.json",
            "/$defs/status",
            {"enum": ["pending", "uploaded", "lost"]},
            {
                "createAsset 201 body /status as lost",
                "getAsset 200 body /status as lost",
                "updateAsset 200 body /status as lost",
                "listAssets 200 body /items/*/status as lost",
                "listAssets query status accepted as lost",
                "* stored-asset.json /status as lost",
            },
        ),
        (
            "schemas/asset-patch.json",
            "",
            {"required": ["fileName"]},
            {"updateAsset body refused without fileName"},
        ),
        (
            "openapi.yaml",
            "/paths/~1health/get/responses/200/headers",
            {"x-colour": {"required": True, "schema": {"enum": ["red", "blue"]}}},
            {
                "getHealth 200 x-colour",
                "getHealth 200 x-colour as red",
                "getHealth 200 x-colour as blue",
            },
        ),
        # A constant in an optional object is not compared in each exchange.
        (
            "schemas/health.json",
            "/properties",
            {
                "deep": {
                    "type": "object",
                    "required": ["colour"],
                    "properties": {"colour": {"const": "red"}},
                }
            },
            {"getHealth 200 body /deep/colour"},
        ),
        (
            "schemas/health.json",
            "/properties",
            {
                "deep": {
                    "type": "array",
                    "items": {
                        "required": ["colour"],
                        "properties": {"colour": {"const": "red"}},
                    },
                }
            },
            {"getHealth 200 body /deep/*/colour"},
        ),
        # Both limits apply; the narrower one is the bound.
        (
            "schemas/user-create.json",
            "/properties/department",
            {"maxLength": 50},
            {
                "createUser body /department at maxLength 50",
                "createUser body /department past maxLength 50",
            },
        ),
        (
            "schemas/stored-guard.json",
            "/properties",
            {"colour": {"type": "string"}},
            {"* stored-guard.json /colour"},
        ),
    ],
)
def test_what_is_added_to_the_contract_is_missing(
    small_contract: Path,
    cases: tuple[Case, ...],
    file: str,
    pointer: str,
    more: dict[str, Any],
    demands: set[str],
) -> None:
    before = without_a_case(small_contract, cases)
    edit(small_contract / file, pointer, more)

    missing = without_a_case(small_contract, cases) - before
    # Other schemas may share what was edited.
    named = {each.split()[0] for each in demands}
    assert {each for each in missing if each.split()[0] in named} == demands


@pytest.mark.parametrize(
    ("file", "pointer", "more", "below", "names"),
    [
        (
            "schemas/user-create.json",
            "/properties/name",
            {"exclusiveMaximum": 3},
            "",
            ["exclusiveMaximum"],
        ),
        (
            "schemas/user.json",
            "",
            {"if": {"required": ["department"]}, "patternProperties": {"^x": {}}},
            "",
            ["if", "patternProperties"],
        ),
        (
            "schemas/health.json",
            "/properties",
            {"deep": {"prefixItems": [{"const": 1}]}},
            "/deep",
            ["prefixItems"],
        ),
        (
            "schemas/health.json",
            "/properties",
            {"deep": {"additionalProperties": {"type": "string"}, "items": False}},
            "/deep",
            ["additionalProperties with a schema", "false as a schema"],
        ),
        (
            "schemas/stored-user.json",
            "/properties/name",
            {"pattern": "^A", "allOf": [{"pattern": "e$"}]},
            "",
            ["two values of pattern"],
        ),
        (
            "openapi.yaml",
            "/components/parameters/Limit/schema",
            {"exclusiveMinimum": 0, "oneOf": [{"const": 1}]},
            "",
            ["exclusiveMinimum", "oneOf"],
        ),
        (
            "openapi.yaml",
            "/components/headers/ETag/schema",
            {"format": "etag"},
            "",
            ["format"],
        ),
        ("schemas/user.json", "", {"allOf": [{"required": ["name"]}]}, "", []),
    ],
)
def test_keyword_that_coverage_cannot_read_is_found_once(
    small_contract: Path,
    file: str,
    pointer: str,
    more: dict[str, Any],
    below: str,
    names: list[str],
) -> None:
    edit(small_contract / file, pointer, more)

    lines = [str(each) for each in unread(Contract(small_contract))]

    what = [f"coverage cannot read {name}" for name in names]
    assert lines == [str(FileFinding(file, f"{pointer}{below}", each)) for each in what]
    assert set(lines) <= {str(each) for each in lint(Contract(small_contract))}


@pytest.mark.parametrize(
    ("file", "pointer", "more", "line"),
    [
        (
            "schemas/health.json",
            "/properties",
            {"deep": {"items": {"$ref": "#"}}},
            f"schemas: The response body of getHealth: {RECURSIVE}",
        ),
        (
            "cases/get-user.yaml",
            "/cases/0/when/path",
            {"userId": {"ref": "nobody.userId"}},
            "cases: getUser/answers-the-user: nothing has bound 'nobody.userId'",
        ),
    ],
)
def test_schema_that_cannot_be_walked_is_one_line_among_the_others(
    small_contract: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    pointer: str,
    more: dict[str, Any],
    line: str,
) -> None:
    edit(small_contract / file, pointer, more)

    assert cli.main(["--contract", str(small_contract), "lint", "--counts"]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert line in lines
    assert any("cases are marked event: true" in each for each in lines)


def edit(path: Path, pointer: str, more: dict[str, Any]) -> None:
    """Add fields to an object of a document."""
    document = yaml.safe_load(path.read_text("utf-8"))
    location = resolve_pointer(document, pointer)
    assert isinstance(location, dict)
    location.update(more)
    text = json.dumps(document) if path.suffix == ".json" else yaml.safe_dump(document)
    path.write_text(text, "utf-8")


def without_a_case(root: Path, cases: tuple[Case, ...]) -> set[str]:
    """Return the requirements of the contract there that these cases do not meet."""
    missing = Coverage.of(Checks.read(Contract(root)), cases).missing
    return {f"{each.operation} {each.name}" for each in missing}


# ---- a missing or weaker case -------------------------------------------------


def covering(
    name: str, requirements_: dict[str, Requirement], evidences: list[CaseEvidence]
) -> list[str]:
    """Return the cases that meet a requirement."""
    wanted = requirements_[name]
    return list(
        wanted.cover(
            [e for e in evidences if wanted.operation in (e.operation, EVERYWHERE)]
        )
    )


# Some requirements of each kind, and the cases that meet them.
MET = yaml.safe_load(
    (Path(__file__).parent / "requirements_met.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("name", MET)
def test_requirement_goes_missing_with_its_cases(
    required: dict[str, Requirement], evidences: list[CaseEvidence], name: str
) -> None:
    found = covering(name, required, evidences)
    assert set(MET[name]) <= set(found)

    cases_found = {full_id for pair in found for full_id in pair.split(" and ")}
    rest = [each for each in evidences if each.full_id not in cases_found]
    assert covering(name, required, rest) == []


WEAKER = [
    {"any": True},
    {"bind": "name"},
    {"pattern": ".+"},
    {"match": "requestId"},
    {"between": [1, 2]},
]


@pytest.mark.parametrize("matcher", WEAKER, ids=lambda each: next(iter(each)))
def test_case_that_only_mentions_a_value_does_not_count(
    contract: Contract,
    cases: tuple[Case, ...],
    required: dict[str, Requirement],
    matcher: dict[str, Any],
) -> None:
    name = "updateUser body /name at minLength 1"
    case = next(c for c in cases if [c.full_id] == MET[name])
    assert case.call.then
    json = {**case.call.then["json"], "name": matcher}
    call = replace(case.call, then={**case.call.then, "json": json}, after={})

    weaker = evidence_of(contract, [replace(case, call=call)])

    assert covering(name, required, evidence_of(contract, [case])) == MET[name]
    assert covering(name, required, weaker) == []


@pytest.mark.parametrize(
    ("name", "full_id", "given"),
    [
        (
            "updateUser body /name at minLength 1",
            "updateUser/accepts-a-name-of-1-code-point",
            {"bind": "ada", "name": "A"},
        ),
        (
            "updateUser body /department accepted as null",
            "updateUser/removes-a-department",
            {"bind": "ada"},
        ),
    ],
)
def test_case_that_changes_nothing_does_not_count(
    contract: Contract,
    cases: tuple[Case, ...],
    required: dict[str, Requirement],
    name: str,
    full_id: str,
    given: dict[str, Any],
) -> None:
    case = next(each for each in cases if each.full_id == full_id)
    same = replace(case, given={"users": [given]})

    assert covering(name, required, evidence_of(contract, [case])) == [full_id]
    assert covering(name, required, evidence_of(contract, [same])) == []


REPEATED = {
    "users": [{"bind": "ada", "motto": "Countess"}],
    "idempotency": [
        {
            "operation": "createUser",
            "key": {"key": "k"},
            "recordId": {"ref": "ada.userId"},
            "body": {"json": {"email": {"email": "ada"}, "name": "Ada", "motto": "Dr"}},
        }
    ],
}


def test_repeat_of_a_creation_shows_nothing_of_what_is_sent(
    motto_cases: tuple[Checks, Collection],
) -> None:
    checks, collection = motto_cases
    demands = [each for each in OF_EACH if "past" not in each and "by" not in each]
    required = {each.name: each for each in requirements(checks)}
    creating = [each for each in collection.cases if "-a-motto-of-2" in each.full_id]
    cases = [each for each in creating if each.full_id.startswith("createUser/accepts")]
    repeats = [
        replace(
            case,
            given=REPEATED,
            call=replace(
                case.call,
                then={"status": 201, "json": {"ref": "ada"}},
                after={
                    "users": [{"userId": {"ref": "ada.userId"}, "motto": "Countess"}]
                },
            ),
        )
        for case in cases
    ]

    def covered(some: list[Case]) -> list[str]:
        evidence = evidence_of(checks.contract, some)
        return [name for name in demands if list(required[name].cover(evidence))]

    assert len(cases) == 2
    assert covered(cases) == demands
    # A repeat shows only that a motto is accepted.
    assert covered(repeats) == ["body /motto accepted"]


def test_bound_is_met_by_the_value_that_is_pinned(
    contract: Contract, cases: tuple[Case, ...], required: dict[str, Requirement]
) -> None:
    name = "updateUser body /name at minLength 1"
    case = next(c for c in cases if [c.full_id] == MET[name])
    assert case.call.then
    json = {**case.call.then["json"], "name": "Another"}
    call = replace(case.call, then={**case.call.then, "json": json}, after={})

    other = evidence_of(contract, [replace(case, call=call)])

    assert covering(name, required, other) == []


def test_cases_that_compare_no_body_decide_nothing(
    contract: Contract, cases: tuple[Case, ...], required: dict[str, Requirement]
) -> None:
    name = "listUsers query limit decides"
    two = [
        each
        for each in cases
        if each.full_id
        in ("listUsers/lists-the-newest-first", "listUsers/ends-a-page-at-its-limit")
    ]
    bare = replace(
        two[0], call=replace(two[0].call, then={"status": 200, "bind": "page"})
    )

    assert covering(name, required, evidence_of(contract, two)) != []
    assert covering(name, required, evidence_of(contract, [bare, two[1]])) == []


@pytest.mark.parametrize(
    "name",
    ["listUsers 200 body /items/*/userId", "listUsers query email at maxLength 254"],
)
def test_empty_page_shows_nothing_of_its_members(
    contract: Contract,
    cases: tuple[Case, ...],
    required: dict[str, Requirement],
    name: str,
) -> None:
    full_id = "listUsers/accepts-an-email-of-254-characters"
    case = next(each for each in cases if each.full_id == full_id)
    nobody = {"status": 200, "json": {"items": []}}
    empty = replace(case, call=replace(case.call, then=nobody))

    assert covering(name, required, evidence_of(contract, [case])) == [full_id]
    assert covering(name, required, evidence_of(contract, [empty])) == []


@pytest.mark.parametrize(
    ("limit", "past"), [("-1", True), ("-2", False), ("9" * 4_301, False)]
)
def test_number_in_a_query_is_read_with_its_sign_and_of_any_length(
    small_contract: Path, cases: tuple[Case, ...], limit: str, *, past: bool
) -> None:
    edit(small_contract / "schemas/common.json", "/$defs/limit", {"minimum": 0})
    contract = Contract(small_contract)
    case = next(c for c in cases if c.full_id == "listUsers/refuses-a-limit-of-0")
    call = replace(case.call, when={"query": {"limit": limit}})
    required = {each.name: each for each in requirements(Checks.read(contract))}

    evidence = evidence_of(contract, [replace(case, call=call)])

    met = list(required["query limit past minimum 0"].cover(evidence))
    assert met == ([case.full_id] if past else [])


@pytest.mark.parametrize(
    ("pair", "decides"),
    [
        ({"lists-the-newest-first", "ends-a-page-at-its-limit"}, True),
        # Other users are set up.
        ({"lists-the-newest-first", "begins-at-the-newest-without-a-cursor"}, False),
        # One that checks the form of a limit and then ignores it passes both.
        ({"refuses-a-limit-of-0", "refuses-a-limit-of-101"}, False),
    ],
)
def test_parameter_decides_between_answers_to_good_requests(
    evidences: list[CaseEvidence],
    required: dict[str, Requirement],
    pair: set[str],
    *,
    decides: bool,
) -> None:
    two = [e for e in evidences if e.full_id in {f"listUsers/{one}" for one in pair}]

    assert len(two) == len(pair)
    assert bool(covering("listUsers query limit decides", required, two)) is decides


@pytest.mark.parametrize("key", ["gateway", "eventPatch", "only"])
def test_case_that_not_every_target_runs_does_not_count(
    contract: Contract, cases: tuple[Case, ...], key: str
) -> None:
    case = next(c for c in cases if c.full_id == "getUser/answers-a-user")
    assert case.call.then
    changed = {
        "gateway": replace(
            case, call=replace(case.call, then={**case.call.then, "gateway": True})
        ),
        "eventPatch": replace(
            case, call=replace(case.call, when={**case.call.when, "eventPatch": {}})
        ),
        "only": replace(case, only_aws=True),
    }

    assert len(evidence_of(contract, [case])) == 1
    assert evidence_of(contract, [changed[key]]) == []


# ---- what tests cover instead ------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        (
            "requirement: 200 body /nothing, cases: [a/b]",
            "getUser 200 body /nothing: the contract does not require this",
        ),
        (
            "requirement: 200 body /name, cases: [a/b]",
            "getUser 200 body /name: has a case now",
        ),
        ("requirement: 304 etag, cases: [getUser/no]", "getUser/no: matches no case"),
        (
            "requirement: 304 etag, tests: [tests/a.py::test_b]",
            "tests/a.py::test_b: there is no such test",
        ),
        (
            f"status: 409, problem: conflict, tests: ['{A_TEST}']",
            "getUser 409 conflict: the contract does not require this",
        ),
        (
            f"status: 404, problem: not-found, tests: ['{A_TEST}']",
            "getUser 404 not-found: has a case now",
        ),
        ("requirement: 304 etag", "'tests' is a required property"),
        ("requirement: 304 etag, status: 304, cases: [a/b]", "does not allow 304"),
    ],
)
def test_entry_that_matches_nothing_is_reported(
    small_contract: Path, entry: str, found: str
) -> None:
    add_unreachable(small_contract, entry)

    lines = [str(each) for each in lint(Contract(small_contract))]

    assert any(line.startswith("unreachable.yaml") and found in line for line in lines)


@pytest.mark.parametrize("named", ["conflict", "email-taken"])
def test_problem_added_to_a_status_needs_an_entry_of_its_own(
    small_contract: Path, cases: tuple[Case, ...], named: str
) -> None:
    names = {"deleteUser 409 conflict", "deleteUser 409 email-taken"}
    bare = Contract(small_contract).operations["deleteUser"].responses[409].headers
    headers = {f"deleteUser 409 {header}" for header in bare}
    status = {"operation": "deleteUser", "status": 409, "why": "x", "tests": [A_TEST]}
    path = small_contract / "unreachable.yaml"
    path.write_text(json.dumps([status]), "utf-8")
    assert not without_a_case(small_contract, cases) & (names | headers)

    edit(small_contract / "openapi.yaml", DELETED, {"409": {"$ref": BOTH_CONFLICTS}})
    assert without_a_case(small_contract, cases) & (names | headers) == names

    one = {**status, "requirement": f"409 {named}"}
    del one["status"]
    path.write_text(json.dumps([status, one]), "utf-8")
    missing = without_a_case(small_contract, cases) & (names | headers)
    assert missing == names - {f"deleteUser 409 {named}"}


def test_problem_listed_for_all_operations_covers_a_status_that_has_no_other(
    small_contract: Path, cases: tuple[Case, ...]
) -> None:
    entry = {"operation": "*", "status": 409, "why": "x", "tests": [A_TEST]}
    bare = "cases: getAsset: no case reaches the documented 409"
    download = {
        "downloadAsset 409 asset-not-uploaded",
        "downloadAsset 409 cache-control",
    }
    without = tuple(c for c in cases if c.call.operation != "downloadAsset")
    path = small_contract / "unreachable.yaml"
    assert bare in [str(each) for each in lint(Contract(small_contract))]

    path.write_text(json.dumps([{**entry, "problem": "conflict"}]), "utf-8")

    assert bare not in [str(each) for each in lint(Contract(small_contract))]
    missing = without_a_case(small_contract, without)
    assert not [each for each in missing if each.endswith("409 conflict")]
    assert not [each for each in missing if each.startswith("getAsset 409")]
    assert download <= missing


def test_requirement_that_a_test_meets_needs_no_case(small_contract: Path) -> None:
    bare = "cases: getUser: no case covers 304 etag"
    assert bare in [str(each) for each in lint(Contract(small_contract))]

    add_unreachable(small_contract, "requirement: 304 etag, cases: [getUser/answers]")

    assert bare not in [str(each) for each in lint(Contract(small_contract))]


def add_unreachable(root: Path, entry: str) -> None:
    """Write one entry for getUser."""
    path = root / "unreachable.yaml"
    path.write_text(f"- {{operation: getUser, why: x, {entry}}}\n", "utf-8")


# ---- the table ------------------------------------------------------------------


def test_counts_add_up_and_are_worked_out_once(
    small_contract: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = []

    def counted(contract: Contract, cases: Sequence[Case]) -> list[CaseEvidence]:
        calls.append(len(cases))
        return evidence_of(contract, cases)

    monkeypatch.setattr("twinproof.lint.coverage.report.evidence_of", counted)
    flags = ["--contract", str(small_contract), "lint", "--counts"]

    assert cli.main(flags) == 1
    assert len(calls) == 1

    lines = capsys.readouterr().out.splitlines()
    missing_ = sum("no case covers" in line for line in lines)
    head = next(n for n, line in enumerate(lines) if line.split()[:1] == ["required"])
    rows = [[int(cell) for cell in line.split()[-4:]] for line in lines[head + 1 :]]
    assert all(row[0] == sum(row[1:]) for row in rows)
    assert [sum(column) for column in zip(*rows[:-1], strict=True)] == rows[-1]
    assert rows[-1][-1] == missing_ > 0
