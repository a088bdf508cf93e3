from __future__ import annotations

from typing import Any

import pytest

from twinproof.cases.language import Language, Scope
from twinproof.cases.requests import request_of
from twinproof.contract.openapi import Contract


@pytest.fixture
def scope(language: Language) -> Scope:
    return Scope(language, "00c0ffee", "0badcafe", 1000, lambda _: 0, {"id": "a/b c"})


@pytest.mark.parametrize(
    ("operation", "when", "target"),
    [
        ("getUser", {"path": {"userId": {"ref": "id"}}}, ("/users/a%2Fb%20c", "")),
        ("getUser", {"rawPath": "/users/%zz"}, ("/users/%zz", "")),
        (
            "listUsers",
            {"query": {"email": "a+b@c", "limit": 2}},
            ("/users", "email=a%2Bb%40c&limit=2"),
        ),
        ("listUsers", {"query": {"limit": [2, 3]}}, ("/users", "limit=2&limit=3")),
        ("listUsers", {"rawQuery": "a=%&b"}, ("/users", "a=%&b")),
    ],
)
def test_path_and_query_are_sent_as_the_case_has_them(
    contract: Contract,
    scope: Scope,
    operation: str,
    when: dict[str, Any],
    target: tuple[str, str],
) -> None:
    request = request_of(contract.operations[operation], when, scope)

    assert (request.path, request.query) == target


@pytest.mark.parametrize(
    ("when", "body"),
    [
        ({}, None),
        ({"json": {"a": "é", "b": [1, None]}}, '{"a":"é","b":[1,null]}'.encode()),
        ({"json": None}, b"null"),
        ({"text": {"repeat": ["[", 3]}}, b"[[["),
        ({"base64": "/w=="}, b"\xff"),
    ],
)
def test_body_has_exactly_these_bytes(
    contract: Contract, scope: Scope, when: dict[str, Any], body: bytes | None
) -> None:
    assert request_of(contract.operations["createUser"], when, scope).body == body


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ({}, [("user-agent", "twinproof"), ("content-type", "application/json")]),
        ({"Content-Type": None}, [("user-agent", "twinproof")]),
        (
            {"content-type": "a/b", "X": ["1", "2"]},
            [
                ("user-agent", "twinproof"),
                ("content-type", "a/b"),
                ("X", "1"),
                ("X", "2"),
            ],
        ),
    ],
)
def test_headers_replace_the_defaults(
    contract: Contract, scope: Scope, headers: dict[str, Any], sent: object
) -> None:
    when = {"json": {}, "headers": headers}
    request = request_of(contract.operations["createUser"], when, scope)

    assert list(request.headers) == sent


def test_method_replaces_the_operations_own(contract: Contract, scope: Scope) -> None:
    request = request_of(contract.operations["getHealth"], {"method": "HEAD"}, scope)

    assert request.method == "HEAD"
