from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.iam.cases import Answer, CaseResult, is_fault, read
from lab.iam.errors import CannotProveError
from lab.iam.forbidden import calls_of, fill_names, outcome_of
from lab.iam.judgement import judge_removed_right, judge_swapped_role
from lab.iam.listed_rights import ListedRights, entry_faults, read_listed_rights
from lab.iam.rights import Right, faults_of, rights_of, without
from lab.iam.stack import Policy
from lab.iam.static import cloudsplaining_findings, template_of

DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "A",
            "Effect": "Allow",
            "Action": ["s:One", "s:Two"],
            "Resource": ["r", "q"],
        },
        {"Sid": "B", "Effect": "Allow", "Action": "s:List", "Resource": ["r/1", "r/2"]},
        {"Sid": "C", "Effect": "Allow", "Action": "s:Put", "Resource": "r"},
    ],
}
RIGHTS = [
    Right("A", "s:One", "r"),
    Right("A", "s:One", "q"),
    Right("A", "s:Two", "r"),
    Right("A", "s:Two", "q"),
    Right("B", "s:List", "r/1"),
    Right("B", "s:List", "r/2"),
    Right("C", "s:Put", "r"),
]
FAULT = Answer(
    500,
    "application/problem+json",
    '{"type":"urn:problem:internal","title":"The service failed","status":500}',
)
PAGE = "https://docs.aws.amazon.com/x"


def grants(document: Any) -> list[tuple[str, str]]:
    return sorted((one.action, one.resource) for one in rights_of(document))


def ran(verdict: str, *answers: Answer, implementation: str = "python") -> CaseResult:
    return CaseResult("getUser/answers", implementation, verdict, answers)


# ---- rights ---------------------------------------------------------------------


def test_a_right_is_a_statement_an_action_and_a_resource() -> None:
    assert list(rights_of(DOCUMENT)) == RIGHTS


@pytest.mark.parametrize(
    "removed",
    [removed for number in range(4) for removed in combinations(RIGHTS, number)],
    ids=str,
)
def test_only_the_given_rights_are_removed(removed: tuple[Right, ...]) -> None:
    left = without(DOCUMENT, removed)

    assert grants(left) == sorted(
        (one.action, one.resource) for one in RIGHTS if one not in removed
    )
    assert list(faults_of(left)) == []


def test_a_condition_stays_with_the_remaining_rights() -> None:
    when = {"Bool": {"aws:SecureTransport": "true"}}
    statement = {**DOCUMENT["Statement"][0], "Condition": when}  # type: ignore[dict-item]

    left = without({"Statement": [statement]}, [RIGHTS[0]])

    assert [one["Condition"] for one in left["Statement"]] == [when, when]


def test_the_name_of_a_right_on_an_index_has_the_index() -> None:
    right = Right("ListUsers", "dynamodb:Query", "arn:x:table/t/index/email-index")

    assert right.name == "ListUsers dynamodb:Query email-index"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"Sid": "B"}, "statement B has no Sid of its own"),
        ({"Effect": "Deny"}, "statement D does not allow"),
        ({"NotAction": "s:One"}, "statement D has NotAction"),
        ({"Action": "s:*"}, "statement D: s:* is more than one action"),
        ({"Action": ["s:Ge?"]}, "statement D: s:Ge? is more than one action"),
    ],
)
def test_a_statement_that_removal_cannot_judge_is_a_fault(
    change: Any, fault: str
) -> None:
    statement = {"Sid": "D", "Effect": "Allow", "Action": "s:D", "Resource": "r"}
    document = {"Statement": [*DOCUMENT["Statement"], statement | change]}

    assert list(faults_of(document)) == [fault]


def test_a_statement_with_not_action_is_a_fault() -> None:
    statement = {"Sid": "A", "Effect": "Allow", "NotAction": "s:A", "Resource": "r"}

    assert list(faults_of({"Statement": [statement]})) == [
        "statement A has NotAction",
        "statement A has no Action",
    ]


# ---- the data file ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "faults"),
    [
        (["one", "two"], []),
        (["one"], ["two: rights.yaml has it, but the role does not"]),
        (["two"], ["one: rights.yaml has it, but the role does not"]),
        (["one", "two", "new"], ["new: rights.yaml has no entry for it"]),
        (["one", "two", "one"], ["one: 2 rights have this name"]),
    ],
)
def test_every_right_has_one_entry_and_every_entry_a_right(
    names: list[str], faults: list[str]
) -> None:
    assert (
        list(entry_faults(ListedRights({"one": ["a/b"]}, {"two": PAGE}), names))
        == faults
    )


def test_a_right_cannot_be_needed_and_not_judged() -> None:
    listed = ListedRights({"one": ["a/b"]}, {"one": PAGE})

    assert list(entry_faults(listed, ["one"])) == [
        "one: rights.yaml has it as needed and as not judged"
    ]


def test_the_data_file_can_be_read() -> None:
    listed = read_listed_rights()

    assert set(listed) == {"Users", "Assets"}
    assert listed["Users"].cases
    assert listed["Users"].not_judged


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "[]",
        "Users: {neededBy: {}}",
        "Users: {neededBy: {x: []}, notJudged: {}}",
        "Users: {neededBy: {x: getUser}, notJudged: {}}",
        "Users: {neededBy: {}, notJudged: {x: https://example.com/}}",
    ],
)
def test_a_data_file_of_another_format_is_an_error_of_one_line(
    text: str, tmp_path: Path
) -> None:
    path = tmp_path / "rights.yaml"
    path.write_text(text, "utf-8")

    with pytest.raises(CannotProveError, match=r"^rights.yaml .+$") as caught:
        read_listed_rights(path)

    assert "\n" not in str(caught.value)


def test_a_missing_data_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CannotProveError, match="cannot be read"):
        read_listed_rights(tmp_path / "rights.yaml")


# ---- the judgement of results -----------------------------------------------------


def test_a_right_is_needed_when_each_of_its_cases_fails_on_each_implementation() -> (
    None
):
    both = [ran("failed"), ran("failed", implementation="typescript")]

    assert judge_removed_right(both).text == "needed by getUser/answers"
    assert not judge_removed_right(both).wrong


@pytest.mark.parametrize("verdict", ["passed", "errored", "known", "stale"])
def test_a_case_that_does_not_fail_without_its_right_is_wrong(verdict: str) -> None:
    mixed = judge_removed_right(
        [ran("failed"), ran(verdict, implementation="typescript")]
    )
    none = judge_removed_right([ran(verdict)])

    assert mixed.wrong
    assert mixed.text.startswith("does not need it: getUser/answers (typescript)")
    assert none.wrong
    assert none.text.startswith("no case needs it")


def test_no_results_prove_nothing() -> None:
    assert judge_removed_right([]).wrong
    assert judge_swapped_role([]).wrong


def test_with_the_other_role_every_case_must_answer_only_the_internal_problem() -> None:
    assert not judge_swapped_role(
        [ran("failed", FAULT), ran("failed", FAULT, FAULT)]
    ).wrong


@pytest.mark.parametrize(
    "unclean",
    [
        ran("passed"),
        ran("errored", FAULT),
        ran("failed"),
        ran("failed", Answer(403, FAULT.content_type, FAULT.body)),
        ran("failed", FAULT, Answer(200, "application/json", "{}")),
    ],
)
def test_a_case_that_fails_otherwise_under_the_other_role_is_wrong(
    unclean: CaseResult,
) -> None:
    judgement = judge_swapped_role([ran("failed", FAULT), unclean])

    assert judgement.wrong
    assert judgement.text.startswith(
        "not only the problem `internal`: getUser/answers (python)"
    )


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, "application/json", FAULT.body),
        Answer(500, FAULT.content_type, "Internal Server Error"),
        Answer(500, FAULT.content_type, json.dumps({"message": "AccessDenied"})),
        Answer(
            500,
            FAULT.content_type,
            json.dumps(json.loads(FAULT.body) | {"detail": "arn:aws:iam::1:role/x"}),
        ),
    ],
)
def test_a_fault_is_exactly_the_contracts_problem(answer: Answer) -> None:
    assert is_fault(FAULT)
    assert not is_fault(answer)


def test_a_result_is_read_from_the_tools_report() -> None:
    response = {
        "status": 500,
        "headers": [["Content-Type", FAULT.content_type]],
        "body": FAULT.body,
    }
    result = {
        "id": "getUser/answers",
        "target": "python",
        "verdict": "failed",
        "exchanges": [{"response": response}],
    }

    assert read(result) == ran("failed", FAULT)
    assert read(result).only_internal_problems


# ---- forbidden calls --------------------------------------------------------------


def test_names_in_braces_are_replaced_at_every_depth_and_in_keys() -> None:
    value = {"{own}": [{"Key": {"{id}": {"S": "x"}}, "S": "FROM {own}"}, 1]}

    assert fill_names(value, {"{own}": "table", "{id}": "userId"}) == {
        "table": [{"Key": {"userId": {"S": "x"}}, "S": "FROM table"}, 1]
    }


@pytest.mark.parametrize("function", ["Users", "Assets"])
def test_every_forbidden_call_is_listed_once(function: str) -> None:
    calls = [json.dumps(one, sort_keys=True) for one in calls_of(function)]

    assert len(calls) == len(set(calls))


@pytest.mark.parametrize(
    ("code", "message", "denied"),
    [
        ("AccessDenied", "no identity-based policy allows the x action", True),
        ("AccessDeniedException", "... because no identity-based policy allows", True),
        ("AccessDenied", "the bucket's own policy says no", False),
        ("ValidationException", "no identity-based policy allows", False),
        ("InvalidClientTokenId", "The token is not valid", False),
    ],
)
def test_only_a_denial_by_the_roles_policy_counts(
    code: str, message: str, denied: bool
) -> None:
    error = ClientError({"Error": {"Code": code, "Message": message}}, "GetItem")

    assert (outcome_of(error) == "") is denied


# ---- the static check -------------------------------------------------------------


def policy(action: str, resource: str) -> Policy:
    statement = {"Sid": "A", "Effect": "Allow", "Action": action, "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return Policy("Users", "python", "stack", "arn:aws:iam::1:role/r", "p", document)


@pytest.mark.parametrize(
    ("action", "finding"),
    [
        ("s3:GetObject", "data exfiltration: s3:GetObject"),
        ("iam:CreateAccessKey", "privilege escalation: iam:createaccesskey"),
        ("dynamodb:DeleteItem", "infrastructure modification: dynamodb:DeleteItem"),
        ("s3:*", "every action of a service: s3"),
    ],
)
def test_a_right_without_a_limit_to_a_resource_is_found(
    action: str, finding: str
) -> None:
    assert finding in list(cloudsplaining_findings(policy(action, "*").document))


def test_an_action_without_resources_at_aws_is_not_found() -> None:
    assert (
        list(cloudsplaining_findings(policy("xray:PutTraceSegments", "*").document))
        == []
    )


def test_cfn_lint_gets_the_policy_documents_unchanged() -> None:
    deployed = policy("s:One", "r")

    (resource,) = template_of([deployed])["Resources"].values()

    assert resource["Type"] == "AWS::IAM::Policy"
    assert resource["Properties"]["PolicyDocument"] == deployed.document
