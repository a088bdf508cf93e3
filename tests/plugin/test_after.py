"""Stored items are compared with a case's `after`."""

from __future__ import annotations

from typing import Any

import pytest

from contract.plugin.keys import asset_key
from tests.plugin.fake_store import FakeStore
from tests.plugin.made import DOMAIN
from twinproof.cases.language import Language, Scope
from twinproof.cases.matching import MISSING
from twinproof.checks.after import after_mismatches
from twinproof.checks.checks import Checks
from twinproof.exchange.model import Key
from twinproof.run.fixtures import Fixtures

START = 1_771_000_000_000


@pytest.fixture
def scope(language: Language) -> Scope:
    return Scope(language, "00c0ffee", "0badcafe", START, lambda _: 0)


def stored_state(scope: Scope) -> dict[Key, Any]:
    fixtures = Fixtures(FakeStore(), scope, DOMAIN.records)
    fixtures.set_up(
        {
            "users": [{"bind": "ada"}],
            "assets": [{"bind": "pic", "object": {"text": "abc"}}],
            "idempotency": [
                {
                    "operation": "createUser",
                    "key": "k",
                    "recordId": {"ref": "ada.userId"},
                    "bodySha256": "x",
                }
            ],
        }
    )
    return fixtures.known


AS_IT_IS: dict[str, Any] = {
    "users": [
        {"userId": {"ref": "ada.userId"}, "email": {"email": "ada"}, "name": "Ada"}
    ],
    "guards": [{"email": {"email": "Ada"}, "owner": {"ref": "ada.userId"}}],
    "assets": [
        {
            "assetId": {"ref": "pic.assetId"},
            "fileName": "a.txt",
            "contentType": "text/plain",
            "size": 3,
            "status": "pending",
        }
    ],
    "idempotency": [
        {"operation": "createUser", "key": "k", "recordId": {"ref": "ada.userId"}}
    ],
    "objects": [
        {"s3Key": {"ref": "pic.s3Key"}, "text": "abc", "contentType": "text/plain"},
    ],
}


def test_after_that_is_stored_fits(checks: Checks, scope: Scope) -> None:
    stored = stored_state(scope)

    named = DOMAIN.records.named(AS_IT_IS, scope)

    assert named.keys() == stored.keys()
    assert after_mismatches(named, stored, scope, checks) == []


@pytest.mark.parametrize(
    ("after", "expected", "got"),
    [
        ({"objects": [{"s3Key": {"ref": "pic.s3Key"}, "base64": "YWI="}]}, 2, 3),
        ({"objects": [{"s3Key": "none", "text": "x"}]}, 1, MISSING),
        ({"guards": [{"email": {"email": "ada"}, "owner": "x"}]}, "x", None),
        ({"users": [{"userId": "none"}]}, {"userId": "none"}, MISSING),
        ({"gone": {"users": [{"ref": "ada"}]}}, MISSING, None),
        ({"gone": {"users": [{"ref": "ada.userId"}]}}, MISSING, None),
        ({"gone": {"assets": [{"ref": "pic"}]}}, MISSING, None),
        ({"gone": {"guards": [{"email": "ada"}]}}, MISSING, None),
        ({"gone": {"objects": [{"ref": "pic.s3Key"}]}}, MISSING, None),
        (
            {"gone": {"idempotency": [{"operation": "createUser", "key": "k"}]}},
            MISSING,
            None,
        ),
    ],
)
def test_after_that_is_not_stored_differs(
    checks: Checks, scope: Scope, after: dict[str, Any], expected: object, got: object
) -> None:
    stored = stored_state(scope)

    found = after_mismatches(DOMAIN.records.named(after, scope), stored, scope, checks)

    last = found[-1]
    shown = (
        last.expected.get("size", last.expected)
        if isinstance(last.expected, dict)
        else last.expected
    )
    assert shown == expected
    assert got is None or last.got == got


def test_after_can_refer_to_an_id_of_the_response(scope: Scope) -> None:
    scope.names["pic"] = {"assetId": "P"}

    after = {"gone": {"assets": [{"ref": "pic"}]}}

    assert list(DOMAIN.records.named(after, scope)) == [asset_key("P")]
