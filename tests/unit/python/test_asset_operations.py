"""The operations on assets, with stores in memory."""

from __future__ import annotations

import pytest

from assets.bodies import AssetCreate, AssetPatch
from assets.create_asset import create_asset
from assets.delete_asset import delete_asset
from assets.download_asset import download_asset
from assets.errors import AssetNotFound, AssetNotUploaded
from assets.get_asset import get_asset
from assets.list_assets import list_assets
from assets.model import Asset
from assets.update_asset import update_asset
from shared.errors import Conflict, IdempotencyKeyReused, PreconditionFailed
from shared.etags import read_entity_tags
from shared.idempotency import IdempotencyKey
from shared.ids import new_ulid, ulid_time
from shared.json_reader import JsonValue
from shared.pages import Slice
from shared.validation import read_body
from tests.unit.python.support import (
    ID,
    NOW,
    MemoryAssets,
    MemoryObjects,
    asset,
    clock,
)

LATER = NOW + 5_000
KEY = IdempotencyKey("key", "a" * 64)
ENGINE = asset()
GONE = asset(expires_at=NOW)


def holding(*assets: Asset, races: int = 0) -> MemoryAssets:
    return MemoryAssets({a.asset_id: a for a in assets}, races=races)


def arrived(length: int = 3) -> MemoryObjects:
    return MemoryObjects({ENGINE.s3_key: length})


def new() -> AssetCreate:
    body: JsonValue = {"fileName": "e.png", "contentType": "image/png", "size": 3}
    return read_body(AssetCreate, body, NOW)


def patch(**fields: JsonValue) -> AssetPatch:
    return read_body(AssetPatch, dict(fields), NOW)


def test_a_new_asset_is_pending_for_thirty_days() -> None:
    assets = MemoryAssets()
    created, upload = create_asset(assets, MemoryObjects(), new(), None, clock())
    assert assets.assets == {created.asset_id: created}
    assert (
        ulid_time(created.asset_id) == created.created_at == created.updated_at == NOW
    )
    assert (created.status, created.version) == ("pending", 1)
    assert created.expires_at == NOW + 30 * 24 * 3600 * 1000
    assert created.s3_bucket == "bucket"
    assert created.s3_key == f"assets/{created.asset_id}/e.png"
    assert upload.url == f"https://put/{created.s3_key}"


def test_a_repeat_returns_the_current_asset_with_a_new_upload_url() -> None:
    assets = MemoryAssets()
    first, _ = create_asset(assets, MemoryObjects(), new(), KEY, clock())
    assets.assets[first.asset_id] = changed = first._replace(file_name="b", version=2)
    again, upload = create_asset(assets, MemoryObjects(), new(), KEY, clock(LATER))
    assert again == changed
    assert (upload.url, upload.expires_at) == (f"https://put/{first.s3_key}", LATER)


def test_a_key_with_another_body_is_refused() -> None:
    assets = MemoryAssets()
    create_asset(assets, MemoryObjects(), new(), KEY, clock())
    other = IdempotencyKey("key", "b" * 64)
    with pytest.raises(IdempotencyKeyReused):
        create_asset(assets, MemoryObjects(), new(), other, clock())


def test_a_repeat_after_the_asset_is_deleted_is_not_found() -> None:
    assets = MemoryAssets()
    create_asset(assets, MemoryObjects(), new(), KEY, clock())
    assets.assets.clear()
    with pytest.raises(AssetNotFound):
        create_asset(assets, MemoryObjects(), new(), KEY, clock())


@pytest.mark.parametrize(
    "assets", [holding(), holding(GONE)], ids=["absent", "expired"]
)
def test_no_operation_finds_an_asset_that_is_not_live(assets: MemoryAssets) -> None:
    objects, tags = arrived(), read_entity_tags("*")
    with pytest.raises(AssetNotFound):
        get_asset(assets, objects, ID, clock())
    with pytest.raises(AssetNotFound):
        download_asset(assets, objects, ID, clock())
    with pytest.raises(AssetNotFound):
        update_asset(assets, ID, patch(), tags, clock())
    with pytest.raises(AssetNotFound):
        delete_asset(assets, objects, ID, tags, clock())
    assert objects.asked == 0


def test_an_asset_is_uploaded_once_its_object_is_there() -> None:
    assets = holding(ENGINE)
    found = get_asset(assets, arrived(), ID, clock(LATER))
    assert found == ENGINE._replace(
        status="uploaded",
        updated_at=LATER,
        version=2,
        write_id=found.write_id,
    )
    assert assets.assets[ID] == found
    assert found.write_id != ENGINE.write_id


@pytest.mark.parametrize(
    "objects", [MemoryObjects(), arrived(2), arrived(4)], ids=["none", "short", "long"]
)
def test_an_asset_is_pending_until_its_object_has_its_size(
    objects: MemoryObjects,
) -> None:
    assets = holding(ENGINE)
    assert get_asset(assets, objects, ID, clock()) == ENGINE
    with pytest.raises(AssetNotUploaded):
        download_asset(assets, objects, ID, clock())
    assert assets.assets == {ID: ENGINE}


def test_s3_is_not_asked_about_an_uploaded_asset() -> None:
    uploaded = asset(status="uploaded")
    objects = MemoryObjects()
    assert get_asset(holding(uploaded), objects, ID, clock()) == uploaded
    assert download_asset(holding(uploaded), objects, ID, clock())
    assert objects.asked == 0


def test_marking_an_asset_uploaded_survives_four_lost_races_but_not_five() -> None:
    assert get_asset(holding(ENGINE, races=4), arrived(), ID, clock()).version == 2
    with pytest.raises(Conflict):
        get_asset(holding(ENGINE, races=5), arrived(), ID, clock())


def test_a_download_marks_the_asset_uploaded_and_has_its_current_name() -> None:
    assets = holding(asset(file_name="new name"))
    download = download_asset(assets, arrived(), ID, clock())
    assert download.url == f"https://get/{ENGINE.s3_key}?as=new name"
    assert assets.assets[ID].status == "uploaded"


def test_a_renamed_asset_keeps_its_object_key() -> None:
    assets = holding(ENGINE)
    renamed = update_asset(assets, ID, patch(fileName="b"), None, clock(LATER))
    assert (renamed.file_name, renamed.s3_key) == ("b", ENGINE.s3_key)
    assert (renamed.version, renamed.updated_at) == (2, LATER)
    again = update_asset(assets, ID, patch(), read_entity_tags('"2"'), clock(LATER))
    assert (again.file_name, again.version) == ("b", 3)


def test_a_write_with_if_match_of_another_version_changes_nothing() -> None:
    assets, objects, tags = holding(ENGINE), arrived(), read_entity_tags('"2"')
    with pytest.raises(PreconditionFailed):
        update_asset(assets, ID, patch(), tags, clock())
    with pytest.raises(PreconditionFailed):
        delete_asset(assets, objects, ID, tags, clock())
    assert (assets.assets, objects.objects) == ({ID: ENGINE}, {ENGINE.s3_key: 3})


def test_writes_survive_four_lost_races_but_not_five() -> None:
    assert update_asset(holding(ENGINE, races=4), ID, patch(), None, clock())
    delete_asset(holding(ENGINE, races=4), arrived(), ID, None, clock())
    with pytest.raises(Conflict):
        update_asset(holding(ENGINE, races=5), ID, patch(), None, clock())
    with pytest.raises(Conflict):
        delete_asset(holding(ENGINE, races=5), arrived(), ID, None, clock())


@pytest.mark.parametrize("age_ms", [0, 89_999_999])
def test_an_empty_object_replaces_a_deleted_one_while_an_upload_url_works(
    age_ms: int,
) -> None:
    assets, objects = holding(ENGINE), arrived()
    delete_asset(assets, objects, ID, None, clock(ENGINE.created_at + age_ms))
    assert (assets.assets, objects.objects) == ({}, {ENGINE.s3_key: 0})


def test_the_object_is_deleted_once_no_upload_url_works() -> None:
    assets, objects = holding(ENGINE), arrived()
    delete_asset(assets, objects, ID, None, clock(ENGINE.created_at + 90_000_000))
    assert (assets.assets, objects.objects) == ({}, {})


def test_a_list_with_a_status_has_only_assets_stored_with_it() -> None:
    ids = [new_ulid(NOW + n) for n in range(3)]
    states = ["uploaded", "uploaded", "pending"]
    assets = holding(
        *(
            asset(asset_id=i, created_at=NOW + n, status=s)
            for n, (i, s) in enumerate(zip(ids, states, strict=True))
        )
    )
    everything = list_assets(assets, Slice(9, None), None, clock())
    assert [a.asset_id for a in everything.records] == ids[::-1]
    uploaded = list_assets(assets, Slice(1, None), "uploaded", clock())
    assert [a.asset_id for a in uploaded.records] == [ids[1]]
    assert uploaded.next == (NOW + 1, ids[1])
