"""Records of assets in DynamoDB (moto, in this process)."""

from __future__ import annotations

import pytest

from assets.list_assets import list_assets
from assets.store import DynamoAssetStore
from shared.aws.table import Table
from shared.idempotency import FirstUse, IdempotencyKey
from shared.ids import new_ulid
from shared.pages import Slice
from tests.unit.python.conftest import SHARDS
from tests.unit.python.schemas import CONTRACT
from tests.unit.python.support import ID, NOW, OTHER_ID, asset, clock, deadline

KEY = IdempotencyKey("key", "a" * 64)
ENGINE = asset()


@pytest.fixture
def store(assets_table: Table) -> DynamoAssetStore:
    return DynamoAssetStore(assets_table, SHARDS)


def test_a_stored_asset_is_valid_by_the_contract(
    store: DynamoAssetStore, assets_table: Table
) -> None:
    full = asset(checksum_sha256="ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
    assert store.create(full, None, clock()) is None
    assert store.find(ID, clock()) == full
    stored = assets_table.get(ID, deadline())
    assert stored == {
        "assetId": ID,
        "fileName": "engine.png",
        "contentType": "image/png",
        "size": 3,
        "checksumSha256": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
        "status": "pending",
        "createdAt": NOW,
        "updatedAt": NOW,
        "expiresAt": NOW + 2_592_000_000,
        "ttl": NOW // 1000 + 2_592_000,
        "version": 1,
        "writeId": "0" * 32,
        "listShard": 0,
        "s3Bucket": "bucket",
        "s3Key": f"assets/{ID}/engine.png",
    }
    assert CONTRACT.faults("schemas/stored-asset.json", stored) == []


def test_a_missing_record_is_none(store: DynamoAssetStore) -> None:
    assert store.find(ID, clock()) is None


def test_a_key_is_stored_with_the_asset_it_created(
    store: DynamoAssetStore, assets_table: Table
) -> None:
    assert store.create(ENGINE, KEY, clock()) is None
    stored = assets_table.get("idempotency#createAsset#key", deadline())
    assert stored is not None
    assert (stored["recordId"], stored["bodySha256"]) == (ID, "a" * 64)
    assert CONTRACT.faults("schemas/stored-idempotency.json", stored) == []


def test_a_used_key_returns_its_first_use(store: DynamoAssetStore) -> None:
    store.create(ENGINE, KEY, clock())
    again = IdempotencyKey("key", "b" * 64)
    assert store.create(asset(asset_id=OTHER_ID), again, clock()) == FirstUse(KEY, ID)
    assert store.find(OTHER_ID, clock()) is None


def test_a_creation_sent_twice_succeeds_twice(store: DynamoAssetStore) -> None:
    for key in (None, KEY, KEY):
        new = asset(asset_id=OTHER_ID) if key else ENGINE
        assert store.create(new, key, clock()) is None
    assert store.create(ENGINE, None, clock()) is None


def test_a_change_is_written_only_to_the_version_it_was_made_from(
    store: DynamoAssetStore,
) -> None:
    store.create(ENGINE, None, clock())
    after = ENGINE._replace(file_name="b", version=2, write_id="f" * 32)
    assert store.replace(ENGINE, after, clock())
    assert store.replace(ENGINE, after, clock()), "sent again, it had succeeded"
    rival = after._replace(write_id="e" * 32)
    assert not store.replace(ENGINE, rival, clock())
    assert store.find(ID, clock()) == after


def test_a_delete_removes_only_its_version_and_may_be_sent_twice(
    store: DynamoAssetStore,
) -> None:
    store.create(ENGINE, None, clock())
    assert not store.delete(ENGINE._replace(version=2), clock())
    assert store.find(ID, clock()) == ENGINE
    assert store.delete(ENGINE, clock())
    assert store.find(ID, clock()) is None
    assert store.delete(ENGINE, clock())


@pytest.mark.parametrize("status", [None, "pending", "uploaded"])
def test_a_list_with_a_status_covers_all_shards(
    store: DynamoAssetStore, status: str | None
) -> None:
    ids = {
        state: [new_ulid(NOW) for _ in range(6)] for state in ("pending", "uploaded")
    }
    for state, own in ids.items():
        for asset_id in own:
            key = IdempotencyKey(asset_id, "a" * 64)
            store.create(asset(asset_id=asset_id, status=state), key, clock())
    expected = ids[status] if status else [*ids["pending"], *ids["uploaded"]]
    page = list_assets(store, Slice(4, None), status, clock())
    rest = list_assets(store, Slice(20, page.next), status, clock())
    seen = [a.asset_id for a in (*page.records, *rest.records)]
    assert seen == sorted(expected, reverse=True)
    assert rest.next is None
