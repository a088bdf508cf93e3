"""The tool sets up, reads and removes a play's items in the stores."""

from __future__ import annotations

import pytest

from contract.plugin.keys import (
    asset_key,
    blob_key,
    guard_key,
    idempotency_key,
    user_key,
)
from tests.plugin.fake_store import FakeStore
from tests.plugin.made import DOMAIN
from twinproof.cases.expressions import evaluate
from twinproof.cases.language import Language, Scope
from twinproof.exchange.model import Key
from twinproof.run.fixtures import Fixtures
from twinproof.stores.resources import Blob

# Long ago: DynamoDB may have removed an item that expired a minute later.
START = 1_771_000_000_000
ID, OWN = "01KHBX6VG0ZT9V3RX6C2W5QJDE", "01KHBX6VG0ZT9V3RX6C2W5QJDF"


@pytest.fixture
def fixtures(language: Language) -> Fixtures:
    scope = Scope(language, "00c0ffee", "0badcafe", START, lambda _: 0)
    ends = {"users": "ttl", "assets": "ttl"}
    return Fixtures(FakeStore(), scope, DOMAIN.records, ends=ends)


def test_expired_item_counts_as_stored_when_dynamodb_may_have_removed_it(
    fixtures: Fixtures,
) -> None:
    fixtures.set_up({"users": [{"bind": "ada", "expiresAt": {"now": 60_000}}]})
    expired = dict(fixtures.known)
    assert fixtures.store
    fixtures.store.remove(expired)

    before, now = fixtures.take([])

    assert before == now == expired
    assert fixtures.take([]) == (dict.fromkeys(expired), dict.fromkeys(expired))


def test_item_that_a_case_names_never_counts_as_expired(fixtures: Fixtures) -> None:
    fixtures.set_up({"users": [{"bind": "ada", "expiresAt": {"now": 60_000}}]})
    named = min(fixtures.known)
    assert fixtures.store
    fixtures.store.remove([named])

    _, now = fixtures.take([], [named])

    assert now[named] is None


@pytest.mark.parametrize("more", [{}, {"expiresAt": {"now": 10**13}}])
def test_item_that_has_not_expired_is_missing(
    fixtures: Fixtures, more: dict[str, object]
) -> None:
    fixtures.set_up({"users": [{"bind": "ada", **more}]})
    assert fixtures.store
    fixtures.store.remove(dict(fixtures.known))

    _, now = fixtures.take([])

    assert set(now.values()) == {None}


def test_item_of_a_store_without_expiry_is_missing(fixtures: Fixtures) -> None:
    fixtures.ends = {"users": "end"}
    fixtures.set_up({"users": [{"bind": "ada", "expiresAt": {"now": 60_000}}]})
    assert fixtures.store
    fixtures.store.remove(dict(fixtures.known))

    _, now = fixtures.take([])

    assert set(now.values()) == {None}


def put(fixtures: Fixtures, key: Key, item: dict[str, object]) -> FakeStore:
    """Store an item that a play read but did not set up."""
    assert isinstance(fixtures.store, FakeStore)
    if key.is_object:
        fixtures.store.bucket[key] = Blob(b"")
    else:
        fixtures.store.items[key] = item
    fixtures.known[key] = item
    return fixtures.store


@pytest.mark.parametrize(
    ("key", "item"),
    [
        (user_key(ID), {"userId": ID, "email": "bob@example.com"}),
        (asset_key(ID), {"assetId": ID, "s3Key": f"assets/{ID}/a"}),
        (guard_key("bob@example.com"), {"owner": ID}),
        (idempotency_key("createUser", "theirs"), {"recordId": ID}),
        (blob_key(f"assets/{ID}/a"), {"size": 0}),
    ],
    ids=["user", "asset", "guard", "idempotency", "object"],
)
def test_item_of_others_is_read_and_never_removed(
    fixtures: Fixtures, key: Key, item: dict[str, object]
) -> None:
    fixtures.set_up({"users": [{"bind": "ada"}]})
    store = put(fixtures, key, item)

    fixtures.clean()

    assert [*store.items, *store.bucket] == [key]


@pytest.mark.parametrize(
    ("key", "item"),
    [
        (user_key(ID), {"email": "ada@00c0ffee.0badcafe.example"}),
        (asset_key(OWN), {}),
        (guard_key("ada@00c0ffee.0badcafe.example"), {"owner": ID}),
        (guard_key("bob@example.com"), {"owner": OWN}),
        (idempotency_key("createUser", "a#b-00c0ffee-0badcafe"), {"recordId": ID}),
        (idempotency_key("createUser", "theirs"), {"recordId": OWN}),
        (blob_key(f"assets/{OWN}/a"), {"size": 0}),
    ],
)
def test_item_with_an_own_id_or_value_is_removed(
    fixtures: Fixtures, key: Key, item: dict[str, object]
) -> None:
    evaluate({"email": "ada"}, fixtures.scope)
    evaluate({"key": "a#b"}, fixtures.scope)
    fixtures.scope.owned.add(OWN)
    store = put(fixtures, key, item)

    fixtures.clean()

    assert [*store.items, *store.bucket] == []
