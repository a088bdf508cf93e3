"""Reads, writes and removes items and objects behind a target, by key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from twinproof.contract.config import StoreEntry
from twinproof.errors import DataUnreachable
from twinproof.exchange.aws_errors import AWS_ERRORS, ClientError
from twinproof.exchange.model import Item, Key
from twinproof.stores.resources import Blob, Resources

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

# Limits of BatchGetItem and BatchWriteItem.
READ_AT_ONCE, WRITE_AT_ONCE = 100, 25

# Any: a DynamoDB attribute value is a mapping of its type to a value of that type.
Attribute = Any


class Store(Protocol):
    """The tables and buckets of a target, by the contract's names."""

    resources: Resources

    def read(self, keys: Iterable[Key]) -> dict[Key, Item | None]:
        """Return the value at each key, read consistently; None if there is none.

        The value of an object is `Blob.item`. The keys are the given ones.
        """

    def write(self, things: Mapping[Key, Item | Blob]) -> None:
        """Write items and objects, over existing ones."""

    def remove(self, keys: Iterable[Key]) -> None:
        """Remove items and objects."""

    def query(self, store: str, attribute: str, value: str) -> list[str]:
        """Return the names of all items with a value, by the attribute's index."""

    def traces(self, run: str) -> list[Key]:
        """Return the keys of items of a run that are still stored."""


class AwsStore:
    """Tables and buckets, through boto3's low-level clients."""

    def __init__(
        self,
        entries: Mapping[str, StoreEntry],
        resources: Resources,
        dynamodb: DynamoDBClient,
        s3: S3Client,
    ) -> None:
        self.resources = resources
        self._entries = entries
        self._dynamodb = dynamodb
        self._s3 = s3

    def read(self, keys: Iterable[Key]) -> dict[Key, Item | None]:
        """Return the value at each key."""
        found: dict[Key, Item | None] = dict.fromkeys(keys)
        rows = sorted(key for key in found if not self._is_bucket(key))
        for start in range(0, len(rows), READ_AT_ONCE):
            # Keys made here have no kind, so the given ones stay.
            found.update(self._read(rows[start : start + READ_AT_ONCE]))
        for key in filter(self._is_bucket, found):
            found[key] = self._blob(key)
        return found

    def _is_bucket(self, key: Key) -> bool:
        return self._entries[key.table].kind == "s3"

    def _read(self, keys: list[Key]) -> dict[Key, Item]:
        tables = {self.resources.stores[key.table]: key.table for key in keys}
        request: dict[str, Any] = {}
        for key in keys:
            name = self.resources.stores[key.table]
            entry = request.setdefault(name, {"Keys": [], "ConsistentRead": True})
            entry["Keys"].append(self._key(key))
        found: dict[Key, Item] = {}
        while request:
            reply = _explained(self._dynamodb.batch_get_item, RequestItems=request)
            for name, items in reply["Responses"].items():
                table = tables[name]
                for item in map(plain_item, items):
                    found[Key(table, item[self._entries[table].key])] = item
            request = reply.get("UnprocessedKeys", {})
        return found

    def _blob(self, key: Key) -> Item | None:
        bucket = self.resources.stores[key.table]
        try:
            reply = self._s3.get_object(Bucket=bucket, Key=key.name)
            return Blob(reply["Body"].read(), reply.get("ContentType", "")).item
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise DataUnreachable(f"S3: {error}") from None
        except AWS_ERRORS as error:
            raise DataUnreachable(f"S3: {error}") from None

    def write(self, things: Mapping[Key, Item | Blob]) -> None:
        """Write items in batches, then objects one by one."""
        stores = self.resources.stores
        self._write(
            [
                (stores[key.table], {"PutRequest": {"Item": typed_item(item)}})
                for key, item in things.items()
                if not isinstance(item, Blob)
            ]
        )
        for key, value in things.items():
            if isinstance(value, Blob):
                _explained(
                    self._s3.put_object,
                    Bucket=stores[key.table],
                    Key=key.name,
                    Body=value.body,
                    ContentType=value.content_type,
                )

    def remove(self, keys: Iterable[Key]) -> None:
        """Remove items in batches, then objects one by one."""
        stores, rows = self.resources.stores, set(keys)
        for key in list(filter(self._is_bucket, rows)):
            rows.remove(key)
            bucket = stores[key.table]
            _explained(self._s3.delete_object, Bucket=bucket, Key=key.name)
        self._write(
            [
                (stores[key.table], {"DeleteRequest": {"Key": self._key(key)}})
                for key in sorted(rows)
            ]
        )

    def _key(self, key: Key) -> dict[str, Attribute]:
        return {self._entries[key.table].key: {"S": key.name}}

    def _write(self, rows: list[tuple[str, dict[str, Any]]]) -> None:
        for start in range(0, len(rows), WRITE_AT_ONCE):
            request: dict[str, Any] = {}
            for name, row in rows[start : start + WRITE_AT_ONCE]:
                request.setdefault(name, []).append(row)
            while request:
                reply = _explained(
                    self._dynamodb.batch_write_item, RequestItems=request
                )
                request = reply.get("UnprocessedItems", {})

    def query(self, store: str, attribute: str, value: str) -> list[str]:
        """Return the names of all items with a value, by the attribute's index."""
        entry = self._entries[store]
        reply = _explained(
            self._dynamodb.query,
            TableName=self.resources.stores[store],
            IndexName=entry.indexes[attribute],
            KeyConditionExpression="#attribute = :value",
            ExpressionAttributeNames={"#attribute": attribute},
            ExpressionAttributeValues={":value": {"S": value}},
        )
        return [str(plain_item(item)[entry.key]) for item in reply["Items"]]

    def traces(self, run: str) -> list[Key]:
        """Return the items that have a run's name in an attribute for own values."""
        return [
            Key(store, str(plain_item(item)[entry.key]))
            for store, entry in self._entries.items()
            if entry.own
            for item in self._scan(store, entry.own, run)
        ]

    def _scan(self, store: str, own: tuple[str, ...], run: str) -> Iterable[Attribute]:
        names = {f"#{number}": attribute for number, attribute in enumerate(own)}
        more: dict[str, Any] = {}
        while True:
            reply = _explained(
                self._dynamodb.scan,
                TableName=self.resources.stores[store],
                FilterExpression=" OR ".join(f"contains({n}, :run)" for n in names),
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={":run": {"S": run}},
                ConsistentRead=True,
                **more,
            )
            yield from reply["Items"]
            if "LastEvaluatedKey" not in reply:
                return
            more = {"ExclusiveStartKey": reply["LastEvaluatedKey"]}


def typed_item(item: Item) -> dict[str, Attribute]:
    """Return an item as DynamoDB's types: integers N, all else S."""
    return {
        name: {"N": str(value)} if isinstance(value, int) else {"S": value}
        for name, value in item.items()
    }


def plain_item(item: Mapping[str, Attribute]) -> dict[str, Any]:
    """Return an item as plain JSON: S as string, N as integer.

    Other types stay wrapped in the type's name (`{"BOOL": true}`), so that no schema
    accepts them as a string or an integer.
    """
    return {name: _plain(value) for name, value in item.items()}


def _plain(value: Attribute) -> Any:
    kind, content = next(iter(value.items()))
    if kind == "S":
        return content
    if kind == "N" and re.fullmatch("-?[0-9]+", content):
        return int(content)
    return {kind: content}


def _explained(call: Any, **arguments: Any) -> Any:
    """Call AWS; raise `DataUnreachable` with the cause if the call fails."""
    try:
        return call(**arguments)
    except AWS_ERRORS as error:
        raise DataUnreachable(f"{call.__name__}: {error}") from None
