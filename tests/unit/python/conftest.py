"""AWS in this process (moto), with tables and bucket as the template declares them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_dynamodb.literals import KeyTypeType, ScalarAttributeTypeType
from mypy_boto3_dynamodb.type_defs import (
    AttributeDefinitionTypeDef,
    KeySchemaElementTypeDef,
)
from mypy_boto3_s3 import S3Client

from shared.aws import clients
from shared.aws.table import Table

USERS = "users-table"
ASSETS = "assets-table"
BUCKET = "assets-bucket"
SHARDS = 4

TYPES: dict[str, ScalarAttributeTypeType] = {"listShard": "N", "createdAt": "N"}
INDEXES: dict[str, dict[str, tuple[list[str], list[str]]]] = {
    USERS: {
        "email-index": (["email"], []),
        "createdAt-index": (["listShard"], ["createdAt", "userId"]),
    },
    ASSETS: {
        "status-index": (["status", "listShard"], ["createdAt", "assetId"]),
        "createdAt-index": (["listShard"], ["createdAt", "assetId"]),
    },
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test can reach AWS or use the caller's credentials."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("USERS_TABLE", USERS)
    monkeypatch.setenv("ASSETS_TABLE", ASSETS)
    monkeypatch.setenv("ASSETS_BUCKET", BUCKET)
    monkeypatch.setenv("LIST_SHARDS", str(SHARDS))


@pytest.fixture
def dynamodb() -> Iterator[DynamoDBClient]:
    with mock_aws():
        client = clients.dynamodb_client()
        create_table(client, USERS, "userId", "email")
        create_table(client, ASSETS, "assetId", "status")
        yield client


@pytest.fixture
def s3() -> Iterator[S3Client]:
    with mock_aws():
        client = clients.s3_client()
        client.create_bucket(Bucket=BUCKET)
        yield client


@pytest.fixture
def users_table(dynamodb: DynamoDBClient) -> Table:
    return Table(dynamodb, USERS, "userId")


@pytest.fixture
def assets_table(dynamodb: DynamoDBClient) -> Table:
    return Table(dynamodb, ASSETS, "assetId")


def create_table(client: DynamoDBClient, name: str, key: str, other: str) -> None:
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[attribute(n) for n in (key, other, *TYPES)],
        KeySchema=[element(key, "HASH")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    *(element(name, "HASH") for name in partition),
                    *(element(name, "RANGE") for name in order),
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
            for index, (partition, order) in INDEXES[name].items()
        ],
    )


def attribute(name: str) -> AttributeDefinitionTypeDef:
    return {"AttributeName": name, "AttributeType": TYPES.get(name, "S")}


def element(name: str, kind: KeyTypeType) -> KeySchemaElementTypeDef:
    return {"AttributeName": name, "KeyType": kind}
