"""The real store, on moto: one client at a time, no races, no presigned URLs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from contract.suite.errors import DataUnreachable
from contract.suite.exchanges import Key
from contract.suite.items import ASSETS, OBJECTS, USERS, Layout, Object
from contract.suite.store import AwsStore, plain_item, typed_item

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION = "us-east-1"
ADA = {"userId": "A", "email": "ada@0badcafe.example", "version": 1}


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStore]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name=REGION)
        s3 = boto3.client("s3", region_name=REGION)
        dynamodb.create_table(
            TableName="u",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "userId", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": "userId", "AttributeType": "S"},
                {"AttributeName": "email", "AttributeType": "S"},
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "email-index",
                    "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        dynamodb.create_table(
            TableName="a",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "assetId", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "assetId", "AttributeType": "S"}],
        )
        s3.create_bucket(Bucket="bucket")
        yield AwsStore(Layout("u", "a", "bucket", 4), dynamodb, s3)


def test_items_are_laid_down_read_and_removed(store: AwsStore) -> None:
    ada, pic, none = Key(USERS, "A"), Key(ASSETS, "P"), Key(USERS, "N")
    store.write({ada: ADA, pic: {"assetId": "P", "size": 3}})

    assert store.read([ada, pic, none]) == {
        ada: ADA,
        pic: {"assetId": "P", "size": 3},
        none: None,
    }
    store.remove([ada, pic, none])
    assert store.read([ada, pic]) == {ada: None, pic: None}


def test_more_items_than_one_batch_holds(store: AwsStore) -> None:
    items = {Key(USERS, f"{n:03}"): {"userId": f"{n:03}"} for n in range(120)}
    store.write(items)

    assert store.read(items) == items
    store.remove(items)
    assert set(store.read(items).values()) == {None}


def test_users_are_found_by_address(store: AwsStore) -> None:
    store.write({Key(USERS, "A"): ADA})

    assert store.users_with("ada@0badcafe.example") == ["A"]
    assert store.users_with("eve@0badcafe.example") == []


def test_objects_are_laid_down_read_and_removed(store: AwsStore) -> None:
    here, none = Key(OBJECTS, "assets/é.txt"), Key(OBJECTS, "none")
    store.write_object(here, Object(b"abc", "text/plain"))

    assert store.objects([here, none]) == {
        here: Object(b"abc", "text/plain"),
        none: None,
    }
    store.remove([here])
    assert store.objects([here]) == {here: None}


def test_traces_of_a_run_are_found(store: AwsStore) -> None:
    key = Key(ASSETS, "idempotency#createAsset#k-0badcafe")
    store.write({Key(USERS, "A"): ADA, key: {"assetId": key.name}})
    store.write({Key(USERS, "B"): {"userId": "B", "email": "b@other"}})

    assert store.traces("0badcafe") == [Key(USERS, "A"), key]


def test_failing_table_is_the_data_sides_fault(store: AwsStore) -> None:
    store._names[USERS] = "none"  # noqa: SLF001 - a table that is not there

    with pytest.raises(DataUnreachable, match="batch_get_item"):
        store.read([Key(USERS, "A")])


def test_failing_bucket_is_the_data_sides_fault(store: AwsStore) -> None:
    store.layout = Layout("u", "a", "nothing", 4)

    with pytest.raises(DataUnreachable, match="NoSuchBucket"):
        store.objects([Key(OBJECTS, "x")])


def test_item_is_typed_and_plain_again() -> None:
    item = {"userId": "A", "version": -1}

    assert typed_item(item) == {"userId": {"S": "A"}, "version": {"N": "-1"}}
    assert plain_item(typed_item(item)) == item


def test_other_types_keep_their_names() -> None:
    item = {"a": {"BOOL": True}, "b": {"N": "1.5"}, "c": {"NULL": True}}

    assert plain_item(item) == item
