"""Reads, lays down and removes items and objects behind a target, by key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from contract.suite.aws_errors import AWS_ERRORS, ClientError
from contract.suite.errors import DataUnreachable
from contract.suite.exchanges import Item, Key
from contract.suite.items import ASSETS, ID_OF, OBJECTS, USERS, Layout, Object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

# Limits of BatchGetItem and BatchWriteItem.
READ_AT_ONCE, WRITE_AT_ONCE = 100, 25

# Any: a DynamoDB attribute value is a mapping of its type to a value of that type.
Attribute = Any


class Store(Protocol):
    """The data side of a target."""

    layout: Layout

    def read(self, keys: Iterable[Key]) -> dict[Key, Item | None]:
        """Return what stands at each key, consistently; None where nothing does."""

    def write(self, items: Mapping[Key, Item]) -> None:
        """Lay items down, over what stands there."""

    def remove(self, keys: Iterable[Key]) -> None:
        """Remove items and objects."""

    def users_with(self, address: str) -> list[str]:
        """Return the ids of all users with an address, by the index."""

    def objects(self, keys: Iterable[Key]) -> dict[Key, Object | None]:
        """Return the objects at these keys."""

    def write_object(self, key: Key, value: Object) -> None:
        """Lay an object down."""

    def traces(self, run: str) -> list[Key]:
        """Return the keys of items of a run that are still there."""


class AwsStore:
    """The tables and the bucket, through boto3's low-level clients."""

    def __init__(self, layout: Layout, dynamodb: DynamoDBClient, s3: S3Client) -> None:
        self.layout = layout
        self._dynamodb = dynamodb
        self._s3 = s3
        self._names = {USERS: layout.users_table, ASSETS: layout.assets_table}

    def read(self, keys: Iterable[Key]) -> dict[Key, Item | None]:
        """Return what stands at each key of the tables."""
        found: dict[Key, Item | None] = dict.fromkeys(keys)
        wanted = sorted(found)
        for start in range(0, len(wanted), READ_AT_ONCE):
            found.update(self._read(wanted[start : start + READ_AT_ONCE]))
        return found

    def _read(self, keys: list[Key]) -> dict[Key, Item]:
        tables = {name: table for table, name in self._names.items()}
        request: dict[str, Any] = {}
        for key in keys:
            name = self._names[key.table]
            entry = request.setdefault(name, {"Keys": [], "ConsistentRead": True})
            entry["Keys"].append(_key(key))
        found: dict[Key, Item] = {}
        while request:
            reply = _told(self._dynamodb.batch_get_item, RequestItems=request)
            for name, items in reply["Responses"].items():
                table = tables[name]
                for item in map(plain_item, items):
                    found[Key(table, item[ID_OF[table]])] = item
            request = reply.get("UnprocessedKeys", {})
        return found

    def write(self, items: Mapping[Key, Item]) -> None:
        """Lay items down."""
        self._write(
            [
                (self._names[key.table], {"PutRequest": {"Item": typed_item(item)}})
                for key, item in items.items()
            ]
        )

    def remove(self, keys: Iterable[Key]) -> None:
        """Remove items, and objects one by one."""
        rows = set(keys)
        for key in [key for key in rows if key.table == OBJECTS]:
            rows.remove(key)
            bucket = self.layout.assets_bucket
            _told(self._s3.delete_object, Bucket=bucket, Key=key.name)
        self._write(
            [
                (self._names[key.table], {"DeleteRequest": {"Key": _key(key)}})
                for key in sorted(rows)
            ]
        )

    def _write(self, rows: list[tuple[str, dict[str, Any]]]) -> None:
        for start in range(0, len(rows), WRITE_AT_ONCE):
            request: dict[str, Any] = {}
            for name, row in rows[start : start + WRITE_AT_ONCE]:
                request.setdefault(name, []).append(row)
            while request:
                reply = _told(self._dynamodb.batch_write_item, RequestItems=request)
                request = reply.get("UnprocessedItems", {})

    def users_with(self, address: str) -> list[str]:
        """Return the ids of all users with an address, by email-index."""
        reply = _told(
            self._dynamodb.query,
            TableName=self.layout.users_table,
            IndexName="email-index",
            KeyConditionExpression="email = :email",
            ExpressionAttributeValues={":email": {"S": address}},
        )
        return [str(plain_item(item)["userId"]) for item in reply["Items"]]

    def objects(self, keys: Iterable[Key]) -> dict[Key, Object | None]:
        """Return the objects at these keys."""
        return {key: self._object(key) for key in keys}

    def _object(self, key: Key) -> Object | None:
        try:
            reply = self._s3.get_object(Bucket=self.layout.assets_bucket, Key=key.name)
            return Object(reply["Body"].read(), reply.get("ContentType", ""))
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise DataUnreachable(f"S3: {error}") from None
        except AWS_ERRORS as error:
            raise DataUnreachable(f"S3: {error}") from None

    def write_object(self, key: Key, value: Object) -> None:
        """Lay an object down."""
        _told(
            self._s3.put_object,
            Bucket=self.layout.assets_bucket,
            Key=key.name,
            Body=value.body,
            ContentType=value.content_type,
        )

    def traces(self, run: str) -> list[Key]:
        """Return the items that bear a run's name in address or key."""
        found = []
        for table, condition in (
            (USERS, "contains(email, :run) OR contains(userId, :run)"),
            (ASSETS, "contains(assetId, :run)"),
        ):
            found += [
                Key(table, str(plain_item(item)[ID_OF[table]]))
                for item in self._scan(table, condition, run)
            ]
        return found

    def _scan(self, table: str, condition: str, run: str) -> Iterable[Attribute]:
        more: dict[str, Any] = {}
        while True:
            reply = _told(
                self._dynamodb.scan,
                TableName=self._names[table],
                FilterExpression=condition,
                ExpressionAttributeValues={":run": {"S": run}},
                ConsistentRead=True,
                **more,
            )
            yield from reply["Items"]
            if "LastEvaluatedKey" not in reply:
                return
            more = {"ExclusiveStartKey": reply["LastEvaluatedKey"]}


def _key(key: Key) -> dict[str, Attribute]:
    return {ID_OF[key.table]: {"S": key.name}}


def typed_item(item: Item) -> dict[str, Attribute]:
    """Return an item as DynamoDB's types: integers N, all else S."""
    return {
        name: {"N": str(value)} if isinstance(value, int) else {"S": value}
        for name, value in item.items()
    }


def plain_item(item: Mapping[str, Attribute]) -> dict[str, Any]:
    """Return an item as plain JSON: S as string, N as integer.

    Everything else keeps its type's name around it (`{"BOOL": true}`), so that no
    schema takes it for a string or an integer.
    """
    return {name: _plain(value) for name, value in item.items()}


def _plain(value: Attribute) -> Any:
    kind, content = next(iter(value.items()))
    if kind == "S":
        return content
    if kind == "N" and re.fullmatch("-?[0-9]+", content):
        return int(content)
    return {kind: content}


def _told(call: Any, **arguments: Any) -> Any:
    """Call AWS; raise `DataUnreachable` with the cause where that fails."""
    try:
        return call(**arguments)
    except AWS_ERRORS as error:
        raise DataUnreachable(f"{call.__name__}: {error}") from None
