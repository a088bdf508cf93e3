"""Two exchanges of the same request are compared."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from contract.plugin.keys import blob_key, user_key
from tests.plugin.conftest import prepared_of
from tests.plugin.fake_service import Fake
from tests.plugin.made import NEW, OLD, RECEIVED, SENT, USER
from twinproof.cases.language import OwnText
from twinproof.cases.matching import MISSING
from twinproof.cases.model import Call, Case
from twinproof.checks.checks import Checks
from twinproof.compare.exchanges import Rules, compare
from twinproof.compare.trees import shown
from twinproof.domain.names import Names
from twinproof.exchange.model import Exchange, Headers, Request, Response
from twinproof.run.pairing import pair_of
from twinproof.run.player import CasePlayed, evidence_for
from twinproof.run.results import Evidence, Result, Verdict
from twinproof.targets.target import Target

JSON = (("content-type", "application/json"),)


def answered(body: bytes, operation: str = "listUsers", **more: Any) -> Exchange:
    response = Response(200, more.pop("headers", JSON), body, more.pop("log", None))
    request = Request("GET", more.pop("path", "/users"))
    return Exchange(operation, request, response, SENT, RECEIVED, 1, **more)


def differences(
    checks: Checks, left: Exchange, right: Exchange, *names: Names
) -> list[tuple[str, Any, Any]]:
    rules = Rules(checks, *(names or (Names(), Names())))
    found = compare(left, right, rules)
    return [(each.where, each.expected, each.got) for each in found]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (b"", b"", []),
        (b"", b"{}", [("body", MISSING, {})]),
        (b"{", b"{}", [("body", "{", {})]),
        (b"{", b"[", [("body", "{", "[")]),
        (b"\xff", b"\xff", []),
        (b'{"items": null}', b"{}", [("body /items", None, MISSING)]),
        (b'{"items": [1]}', b'{"items": [true]}', [("body /items/0", 1, True)]),
        (b'{"items": []}', b'{"items": [1]}', [("body /items/0", MISSING, 1)]),
        (b'{"a": [1], "b": 2}', b'{ "b":2,"a":[ 1 ] }', []),
        (b'{"a": [1]}', b'{"a": {"0": 1}}', [("body /a", [1], {"0": 1})]),
        (b'{"a/~": 1}', b'{"a/~": 1.0}', [("body /a~1~0", 1, 1.0)]),
        (b"[]", b"[]", []),
    ],
)
def test_json_bodies_are_compared_as_json(
    checks: Checks, left: bytes, right: bytes, expected: list[tuple[str, Any, Any]]
) -> None:
    assert differences(checks, answered(left), answered(right)) == expected


def test_records_of_others_are_not_compared(checks: Checks) -> None:
    mine = answered(json.dumps({"items": [USER, {**USER, "userId": NEW}]}).encode())
    alone = answered(json.dumps({"items": [USER]}).encode())
    names = [Names(owned={OLD}), Names(owned={OLD})]

    assert differences(checks, mine, alone, *names) == []
    [(where, *_)] = differences(checks, mine, alone)
    assert where == "body /items/1"


def test_operation_without_a_contract_is_compared_unchanged(checks: Checks) -> None:
    expected = differences(
        checks, answered(b'{"a":1}', "presigned"), answered(b'{"a":2}', "presigned")
    )

    assert expected == [("body /a", 1, 2)]


def headed(*more: tuple[str, str]) -> Headers:
    return (*JSON, *more)


@pytest.mark.parametrize(
    ("left", "right", "labels"),
    [
        (headed(("server", "a")), headed(("server", "b")), []),
        (headed(("server", "a")), headed(), []),
        (headed(("x-own", "a")), headed(), ["header x-own"]),
        (headed(("x-own", "a"), ("x-own", "b")), headed(("x-own", "a,b")), []),
        (headed(("x-own", "a")), headed(("x-own", "A")), ["header x-own"]),
        (headed(("content-length", "2")), headed(("content-length", "2")), []),
    ],
)
def test_all_headers_but_the_gateways_are_compared(
    checks: Checks, left: Headers, right: Headers, labels: list[str]
) -> None:
    gateway = frozenset({"server", "content-length"})
    names = [Names(added=gateway), Names(added=gateway)]

    found = differences(
        checks, answered(b"{}", headers=left), answered(b"{}", headers=right), *names
    )

    assert [where for where, *_ in found] == labels


def test_header_of_an_invoked_function_is_compared(checks: Checks) -> None:
    left = answered(b"{}", headers=headed(("server", "a")))
    function = Target("f", "lambda:f", gateway_headers=frozenset({"server"}))

    names = [Names(added=function.added_headers), Names()]

    assert differences(checks, left, answered(b"{}"), *names) == [
        ("header server", "a", MISSING)
    ]


def test_log_lines_that_are_not_json_are_compared(checks: Checks) -> None:
    left = answered(b"{}", log="stray ada@c.r.example\n")
    same = answered(b"{}", log="stray ada@d.r.example\n")
    names = [
        Names(own=(OwnText("email", f"@{end}"),))
        for end in ("c.r.example", "d.r.example")
    ]

    assert differences(checks, left, same, *names) == []
    assert differences(checks, left, answered(b"{}", log="")) == [
        ("log /0", "stray ada@c.r.example", MISSING)
    ]
    assert differences(checks, left, answered(b"{}")) == []


def test_leftover_object_is_a_difference(checks: Checks) -> None:
    key = blob_key(f"assets/{OLD}/a.txt")
    left = answered(b"{}", stored={key: {"size": 3}})
    right = answered(b"{}", stored={key: None})

    named = [Names(names={OLD: "<pic>"}), Names(names={OLD: "<pic>"})]

    assert differences(checks, left, right, *named) == [
        ("object assets/<pic>/a.txt", {"size": 3}, MISSING)
    ]


def test_change_by_one_target_shows_the_whole_item(checks: Checks) -> None:
    key = user_key(OLD)
    kept = answered(b"{}", stored={key: USER}, before={key: USER})
    other = {**USER, "name": "B"}
    changed = answered(b"{}", stored={key: other}, before={key: USER})

    assert differences(checks, kept, kept) == []
    [(where, was, now)] = differences(checks, kept, changed)
    assert (where, was, now) == ("user <stored user>", USER, other)


def test_tree_is_shown_as_its_value() -> None:
    assert shown({"a": [MISSING]}) == {"a": [MISSING]}


def played(verdict: Verdict, *exchanges: Exchange) -> CasePlayed:
    return CasePlayed(Result("getUser/a", "x", verdict, 0, (), exchanges), Names())


def test_errored_result_is_not_compared(checks: Checks) -> None:
    pair = pair_of(checks, played(Verdict.ERRORED), played(Verdict.PASSED))

    assert pair.verdict is Verdict.ERRORED
    assert pair.error == "could not be compared: errored on one target"


def test_bug_of_the_tool_is_not_a_difference(checks: Checks) -> None:
    nothing: Any = None
    broken = replace(answered(b"{}"), stored=nothing)

    pair = pair_of(
        checks, played(Verdict.PASSED, broken), played(Verdict.PASSED, answered(b"{}"))
    )

    assert pair.verdict is Verdict.ERRORED
    assert pair.error.startswith("a bug in twinproof: AttributeError")


@pytest.mark.parametrize(
    ("url", "then", "evidence"),
    [
        ("http://127.0.0.1:1", {"status": 404, "gateway": True}, Evidence.OWN_CODE),
        ("http://127.0.0.1:1", {"status": 404}, Evidence.EMULATOR),
        ("https://api.example", {"status": 404, "gateway": True}, Evidence.AWS),
    ],
)
def test_result_has_its_evidence(
    url: str, then: dict[str, Any], evidence: Evidence
) -> None:
    case = Case("a", "why", "rules.md#x", Call("getUser", then=then))

    assert evidence_for(case, prepared_of(Fake(), url)) is evidence
