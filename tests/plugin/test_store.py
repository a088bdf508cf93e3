"""The real store on moto, which has no concurrent clients and no presigned URLs."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from contract.plugin.keys import (
    ASSETS,
    OBJECTS,
    USERS,
    asset_key,
    blob_key,
    guard_key,
    idempotency_key,
    user_key,
)
from twinproof.contract.config import StoreEntry
from twinproof.contract.openapi import Contract
from twinproof.errors import DataUnreachable
from twinproof.exchange.model import Key
from twinproof.stores.aws import AwsStore, plain_item, typed_item
from twinproof.stores.resources import Blob, Resources

REGION = "us-east-1"
ADA = {"userId": "A", "email": "ada@0badcafe.example", "version": 1}


def named(users: str, assets: str, bucket: str) -> Resources:
    return Resources({USERS: users, ASSETS: assets, OBJECTS: bucket})


@pytest.fixture
def clients(
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[DynamoDBClient, S3Client]]:
    """DynamoDB with two tables, and S3 with a bucket."""
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
        yield dynamodb, s3


@pytest.fixture
def store(contract: Contract, clients: tuple[DynamoDBClient, S3Client]) -> AwsStore:
    return AwsStore(contract.config.stores, named("u", "a", "bucket"), *clients)


def test_items_are_written_read_and_removed(store: AwsStore) -> None:
    ada, pic, none = user_key("A"), asset_key("P"), user_key("N")
    store.write({ada: ADA, pic: {"assetId": "P", "size": 3}})

    assert store.read([ada, pic, none]) == {
        ada: ADA,
        pic: {"assetId": "P", "size": 3},
        none: None,
    }
    store.remove([ada, pic, none])
    assert store.read([ada, pic]) == {ada: None, pic: None}


def test_read_returns_the_given_keys(store: AwsStore) -> None:
    """A key made from an item of a table would have neither kind nor label."""
    keys = [user_key("A"), asset_key("P"), blob_key("x"), guard_key("a@b")]
    store.write({keys[0]: ADA, keys[2]: Blob(b"")})

    assert {(each.kind, each.label) for each in store.read(keys)} == {
        ("user", "user A"),
        ("asset", "asset P"),
        ("object", "object x"),
        ("guard", "guard a@b"),
    }


def test_tables_are_those_of_the_config(
    clients: tuple[DynamoDBClient, S3Client],
) -> None:
    """Any name and key attribute work: this service has no such table."""
    entry = StoreEntry("dynamodb", key="assetId", own=("size", "name"))
    other = AwsStore({"pictures": entry}, Resources({"pictures": "a"}), *clients)
    pic = Key("pictures", "P")
    other.write({pic: {"assetId": "P", "name": "of 0badcafe"}})

    assert other.read([pic]) == {pic: {"assetId": "P", "name": "of 0badcafe"}}
    assert other.traces("0badcafe") == [pic]
    other.remove([pic])
    assert other.read([pic]) == {pic: None}


def test_more_items_than_one_batch_holds(store: AwsStore) -> None:
    items = {user_key(f"{n:03}"): {"userId": f"{n:03}"} for n in range(120)}
    store.write(items)

    assert store.read(items) == items
    store.remove(items)
    assert set(store.read(items).values()) == {None}


def test_users_are_found_by_email(store: AwsStore) -> None:
    store.write({user_key("A"): ADA})

    assert store.query(USERS, "email", "ada@0badcafe.example") == ["A"]
    assert store.query(USERS, "email", "eve@0badcafe.example") == []


def test_objects_are_written_read_and_removed(store: AwsStore) -> None:
    here, none = blob_key("assets/é.txt"), blob_key("none")
    blob = Blob(b"abc", "text/plain")
    store.write({here: blob})

    assert store.read([here, none]) == {here: blob.item, none: None}
    store.remove([here])
    assert store.read([here]) == {here: None}


def test_traces_of_a_run_are_found(store: AwsStore) -> None:
    key = idempotency_key("createAsset", "k-0badcafe")
    store.write({user_key("A"): ADA, key: {"assetId": key.name}})
    store.write({user_key("B"): {"userId": "B", "email": "b@other"}})

    assert store.traces("0badcafe") == [user_key("A"), key]


def test_failing_table_is_an_error_of_the_store(store: AwsStore) -> None:
    store.resources = named("none", "a", "bucket")

    with pytest.raises(DataUnreachable, match="batch_get_item"):
        store.read([user_key("A")])


def test_failing_bucket_is_an_error_of_the_store(store: AwsStore) -> None:
    store.resources = named("u", "a", "nothing")

    with pytest.raises(DataUnreachable, match="NoSuchBucket"):
        store.read([blob_key("x")])


def test_item_is_converted_to_dynamodb_types_and_back() -> None:
    item = {"userId": "A", "version": -1}

    assert typed_item(item) == {"userId": {"S": "A"}, "version": {"N": "-1"}}
    assert plain_item(typed_item(item)) == item


def test_other_types_keep_their_names() -> None:
    item = {"a": {"BOOL": True}, "b": {"N": "1.5"}, "c": {"NULL": True}}

    assert plain_item(item) == item
