"""The keys of this service's records, and the keys that a request may write."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.plugin.keys import (
    asset_key,
    blob_key,
    guard_key,
    idempotency_key,
    user_key,
)
from tests.plugin.fake_store import FakeStore
from tests.plugin.made import DOMAIN, NEW, OLD, exchange
from twinproof.cases.expressions import evaluate
from twinproof.cases.language import Scope
from twinproof.cases.matching import MISSING
from twinproof.checks.checks import Checks
from twinproof.domain.names import Names
from twinproof.exchange.model import Key, Request
from twinproof.fuzz.expressing import CaseWords

RECORDS = DOMAIN.records
ADDRESS = "ada@00c0ffee.0badcafe.example"


@pytest.fixture
def scope(checks: Checks) -> Scope:
    return Scope(
        checks.language, "00c0ffee", "0badcafe", 1_771_000_000_000, lambda _: 0
    )


@pytest.mark.parametrize(
    ("key", "same", "kind", "label", "schema"),
    [
        (user_key("A"), ("users", "A"), "user", "user A", "user"),
        (asset_key("A"), ("assets", "A"), "asset", "asset A", "asset"),
        (guard_key("a@b"), ("users", "email#a@b"), "guard", "guard a@b", "guard"),
        (
            idempotency_key("createAsset", "k"),
            ("assets", "idempotency#createAsset#k"),
            "idempotency",
            "idempotency createAsset#k",
            "idempotency",
        ),
        (blob_key("a/b"), ("objects", "a/b"), "object", "object a/b", ""),
    ],
)
def test_key_has_a_kind_and_a_label(
    checks: Checks, key: Key, same: tuple[str, str], kind: str, label: str, schema: str
) -> None:
    path = f"schemas/stored-{schema}.json" if schema else ""

    # Keys are equal whatever their kind and label.
    assert (key, hash(key)) == (Key(*same), hash(Key(*same)))
    assert (key.kind, key.label) == (kind, label)
    assert checks.contract.config.schema_of(key.kind) == path


@pytest.mark.parametrize(
    ("method", "sent", "keys"),
    [
        ("POST", ["theirs"], ["theirs"]),
        ("POST", ["a-00c0ffee-0badcafe"], ["a-00c0ffee-0badcafe"]),
        (
            "POST",
            ["a-00c0ffee-0badcafe", "b"],
            ["a-00c0ffee-0badcafe,b", "a-00c0ffee-0badcafe"],
        ),
        ("POST", ["k" * 255], ["k" * 255]),
        ("POST", ["k" * 256], []),
        ("POST", [""], []),
        ("POST", [], []),
        ("GET", ["theirs"], []),
    ],
)
def test_request_may_write_at_each_of_its_keys(
    scope: Scope, method: str, sent: list[str], keys: list[str]
) -> None:
    evaluate({"key": "a"}, scope)
    headers = tuple(("Idempotency-Key", each) for each in sent)
    made = replace(
        exchange("POST", 201),
        operation="createUser",
        request=Request(method, "/users", headers=headers),
    )

    touched = list(RECORDS.touched(made, scope))

    assert touched == [idempotency_key("createUser", each) for each in keys]


def test_play_may_write_the_guard_of_each_of_its_emails(scope: Scope) -> None:
    evaluate({"email": "Ada"}, scope)
    RECORDS.note(exchange("POST", 201), scope)

    assert set(RECORDS.touched(None, scope)) == {
        guard_key(ADDRESS),
        guard_key("a@b.example"),
    }


def test_only_a_creation_can_leave_users_without_a_response(scope: Scope) -> None:
    store = FakeStore()
    for user_id in (OLD, NEW):
        store.write({user_key(user_id): {"userId": user_id, "email": ADDRESS}})
    evaluate({"email": "ada"}, scope)
    scope.owned.add(OLD)
    created = replace(exchange("POST", 201), operation="createUser")

    [(key, values)] = RECORDS.strays(created, scope, store)
    assert (key.label, values) == (f"user {NEW}", {"email": ADDRESS})
    assert list(RECORDS.strays(exchange(), scope, store)) == []


def test_entry_is_the_inverse_of_named(checks: Checks, scope: Scope) -> None:
    names = Names(scope.language, scope.own_texts, names={OLD: "<ada>"})
    words = CaseWords(names, checks.volatile, {OLD: "ada.userId"}, RECORDS)
    scope.names["ada"] = {"userId": OLD}
    things = {
        user_key(OLD): {"userId": OLD, "email": ADDRESS, "name": "A"},
        guard_key(ADDRESS): {"userId": f"email#{ADDRESS}", "owner": OLD},
        idempotency_key("createUser", "a-00c0ffee-0badcafe"): {"recordId": OLD},
    }

    found: dict[str, object] = {}
    gone: dict[str, object] = {}
    for key, item in things.items():
        for entries, here in ((found, item), (gone, None)):
            named = RECORDS.entry(key, here, words)
            assert named
            entries[named[0]] = [named[1]]

    assert RECORDS.named(found, scope).keys() == things.keys()
    assert RECORDS.named({"gone": gone}, scope) == dict.fromkeys(things, MISSING)
    assert RECORDS.entry(user_key(NEW), None, words) is None
    assert RECORDS.entry(blob_key("a"), {"size": 0}, words) is None
