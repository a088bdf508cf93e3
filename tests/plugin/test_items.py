"""The items and objects that a `given` sets up."""

from __future__ import annotations

from typing import Any

import pytest

from contract.plugin.fixtures import set_up
from contract.plugin.keys import (
    blob_key,
    guard_key,
    idempotency_key,
    user_key,
)
from contract.plugin.ulids import new_ulid, time_of
from tests.plugin.fake_store import RESOURCES, FakeStore
from tests.plugin.made import DOMAIN, exchange
from twinproof.cases.language import Language, Scope
from twinproof.errors import ToolError
from twinproof.exchange.model import Item, Key
from twinproof.run.fixtures import Fixtures
from twinproof.stores.resources import Blob, as_read

START = 1_771_000_000_000
SHA_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def items_of(given: dict[str, Any], scope: Scope) -> dict[Key, Item]:
    written = set_up(given, scope, RESOURCES)
    return {key: as_read(value) for key, value in written.items()}


@pytest.fixture
def scope(language: Language) -> Scope:
    return Scope(language, "00c0ffee", "0badcafe", START, lambda _: 0)


def test_user_is_set_up_with_its_guard(scope: Scope) -> None:
    given = {"users": [{"bind": "ada", "email": "ADA@x.y", "expiresAt": {"now": 1}}]}

    written = items_of(given, scope)

    ada = scope.look_up("ada")
    assert ada.keys() == {
        "userId",
        "email",
        "name",
        "createdAt",
        "updatedAt",
        "expiresAt",
    }
    assert time_of(ada["userId"]) == ada["createdAt"] == START - 60_000
    assert written[user_key(ada["userId"])]["ttl"] == START // 1000 + 1
    assert written[guard_key("ada@x.y")] == {
        "userId": "email#ada@x.y",
        "owner": ada["userId"],
        "expiresAt": START + 1,
        "ttl": START // 1000 + 1,
    }


def test_guard_can_be_alone_left_out_or_anothers(
    scope: Scope,
) -> None:
    given = {
        "users": [
            {"bind": "alone", "record": False},
            {"bind": "bare", "guard": False},
            {
                "bind": "robbed",
                "guard": {"owner": {"ref": "alone.userId"}, "expiresAt": 5},
            },
        ]
    }

    written = items_of(given, scope)

    assert len(written) == 3
    robbed = written[guard_key("robbed@00c0ffee.0badcafe.example")]
    assert robbed["owner"] == scope.look_up("alone.userId")
    assert (robbed["expiresAt"], robbed["ttl"]) == (5, 1)


def test_id_contains_the_time_of_creation(scope: Scope) -> None:
    user_id = new_ulid(START - 5, lambda _: 0)

    set_up({"users": [{"bind": "ada", "userId": user_id}]}, scope, RESOURCES)

    assert scope.look_up("ada.createdAt") == START - 5


def test_asset_is_set_up_with_its_object(scope: Scope) -> None:
    asset = {"bind": "pic", "object": {"base64": "YWJj"}, "record": False}

    written = set_up({"assets": [asset]}, scope, RESOURCES)

    key = blob_key(scope.look_up("pic.s3Key"))
    assert written == {key: Blob(b"abc", "text/plain")}
    assert key.name == f"assets/{scope.look_up('pic.assetId')}/a.txt"


def test_repeated_records_are_bound_as_a_list(scope: Scope) -> None:
    given = {"assets": [{"bind": "many", "times": 2, "size": {"index": True}}]}

    set_up(given, scope, RESOURCES)

    assert [each["size"] for each in scope.look_up("many")] == [0, 1]
    assert scope.look_up("many.1.size") == 1


def test_idempotency_item_ends_a_day_after_it_was_made(scope: Scope) -> None:
    entry = {"operation": "createAsset", "key": "k", "recordId": "A"}
    entries = [
        {**entry, "body": {"text": "abc"}},
        {**entry, "key": "l", "bodySha256": "x", "expiresAt": {"now": -1}},
    ]

    written = items_of({"idempotency": entries}, scope)

    assert written[idempotency_key("createAsset", "k")] == {
        "assetId": "idempotency#createAsset#k",
        "recordId": "A",
        "bodySha256": SHA_ABC,
        "createdAt": START,
        "expiresAt": START + 86_400_000,
        "ttl": START // 1000 + 86_400,
    }
    assert written[idempotency_key("createAsset", "l")]["expiresAt"] == START - 1


def test_without_stores_names_are_bound_and_nothing_is_stored(scope: Scope) -> None:
    fixtures = Fixtures(None, scope, DOMAIN.records)

    fixtures.set_up({"users": [{"bind": "ada"}]})
    fixtures.clean()

    assert scope.look_up("ada.name") == "Ada"
    assert fixtures.known == {}
    assert fixtures.read({user_key("A")}) == {}
    assert list(fixtures.strays(exchange("POST", 201))) == []


def test_object_that_cannot_be_removed_is_an_error(
    scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FakeStore()
    fixtures = Fixtures(store, scope, DOMAIN.records)
    fixtures.set_up({"assets": [{"bind": "pic", "object": {"text": "abc"}}]})
    monkeypatch.setattr(store, "remove", lambda _: None)

    with pytest.raises(ToolError, match=r"left behind: .*, assets/.*/a\.txt"):
        fixtures.clean()


def test_whole_record_has_every_optional_field(scope: Scope) -> None:
    given = {
        "users": [{"bind": "ada", "whole": True}],
        "assets": [{"bind": "pic", "whole": True, "fileName": "b"}],
    }

    DOMAIN.records.set_up(given, scope, RESOURCES)

    ada, pic = scope.look_up("ada"), scope.look_up("pic")
    assert (ada["department"], ada["name"]) == ("Engines", "Ada")
    assert "expiresAt" not in ada
    assert (len(pic["checksumSha256"]), pic["fileName"]) == (44, "b")
