"""Saves the content of tables and buckets in one zip file, and restores it.

manifest.json             format, keys of each table, name of each bucket
tables/UsersTable         an item per line, in the JSON of DynamoDB's API
buckets/AssetsBucket/0    the bytes of an object
buckets/AssetsBucket/0.json    its key and metadata
"""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.emulator.clients import Client
from local.template import Json

FORMAT = 1
MANIFEST = "manifest.json"
READ_BYTES = 1024 * 1024
# The limit of one BatchWriteItem.
BATCH = 25
# Metadata saved with an object's bytes: fields of both GetObject and PutObject.
CHECKSUMS = tuple(
    f"Checksum{kind}" for kind in ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")
)
MEMBERS = (
    *("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage"),
    *("ContentType", "Metadata"),
    *CHECKSUMS,
)


class UnfitError(Exception):
    """The saved data does not fit the deployed stack; the text gives the reason."""


@dataclass(frozen=True)
class Stores:
    """The tables and buckets of a stack: physical names by logical ids."""

    tables: Mapping[str, str]
    buckets: Mapping[str, str]

    @classmethod
    def of(cls, stack: str, cloudformation: Client) -> Stores:
        """Return the tables and buckets of a deployed stack."""
        answer = cloudformation.describe_stack_resources(StackName=stack)
        kinds: dict[str, dict[str, str]] = {}
        for one in answer["StackResources"]:
            names = kinds.setdefault(one["ResourceType"], {})
            names[one["LogicalResourceId"]] = one["PhysicalResourceId"]
        return cls(
            kinds.get("AWS::DynamoDB::Table", {}), kinds.get("AWS::S3::Bucket", {})
        )


# ---- saving -----------------------------------------------------------------------


def write(
    kept: zipfile.ZipFile, stores: Stores, client: Callable[[str], Client]
) -> None:
    """Write the whole content of the tables and buckets into an empty file."""
    dynamodb, s3 = client("dynamodb"), client("s3")
    keys = {one: _keys(name, dynamodb) for one, name in stores.tables.items()}
    manifest = {"format": FORMAT, "tables": keys, "buckets": dict(stores.buckets)}
    kept.writestr(MANIFEST, json.dumps(manifest, indent=2))
    for logical_id, table in stores.tables.items():
        with kept.open(f"tables/{logical_id}", "w", force_zip64=True) as entry:
            for item in _items(table, dynamodb):
                line = json.dumps(item, default=_in_json, separators=(",", ":"))
                entry.write(line.encode() + b"\n")
    for logical_id, bucket in stores.buckets.items():
        for number, key in enumerate(_object_keys(bucket, s3)):
            _write_object(kept, f"buckets/{logical_id}/{number}", bucket, key, s3)


def _write_object(
    kept: zipfile.ZipFile, name: str, bucket: str, key: str, s3: Client
) -> None:
    found = s3.get_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    with kept.open(name, "w", force_zip64=True) as entry, found["Body"] as body:
        shutil.copyfileobj(body, entry, READ_BYTES)
    members = {one: found[one] for one in MEMBERS if one in found}
    if found.get("ChecksumType") == "COMPOSITE":  # of parts, which it no longer has
        members = {one: members[one] for one in members if one not in CHECKSUMS}
    kept.writestr(f"{name}.json", json.dumps({"Key": key, **members}))


def _keys(table: str, dynamodb: Client) -> list[list[str]]:
    schema = dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]
    return [[one["AttributeName"], one["KeyType"]] for one in schema]


def _items(table: str, dynamodb: Client) -> Iterator[dict[str, Json]]:
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table, ConsistentRead=True
    )
    for page in pages:
        yield from page["Items"]


def _object_keys(bucket: str, s3: Client) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for one in page.get("Contents", []):
            yield one["Key"]


# An attribute's value is an object, never a string: `$binary` is no name of one.
BINARY = "$binary"


def _in_json(data: bytes) -> dict[str, str]:
    return {BINARY: base64.b64encode(data).decode()}


def _from_json(found: dict[str, Any]) -> Json:
    if isinstance(found.get(BINARY), str):
        return base64.b64decode(found[BINARY])
    return found


# ---- restoring --------------------------------------------------------------------


def read_manifest(kept: zipfile.ZipFile) -> dict[str, Json]:
    """Return the manifest; raise `UnfitError` if it has another format."""
    manifest: dict[str, Json] = json.loads(kept.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise UnfitError(f"is of another format ({manifest['format']})")
    return manifest


def put_back(
    kept: zipfile.ZipFile, stores: Stores, client: Callable[[str], Client]
) -> None:
    """Restore everything into empty tables and buckets, except expired items.

    Raises `UnfitError` before anything is written.
    """
    _refuse_others(read_manifest(kept), stores, client("dynamodb"))
    for name in kept.namelist():
        kind, _, rest = name.partition("/")
        logical_id = rest.partition("/")[0]
        if kind == "tables":
            _put_items(kept, name, stores.tables[logical_id], client("dynamodb"))
        elif kind == "buckets" and name.endswith(".json"):
            _put_object(kept, name, stores.buckets[logical_id], client("s3"))


def _refuse_others(
    manifest: Mapping[str, Json], stores: Stores, dynamodb: Client
) -> None:
    for logical_id, keys in manifest["tables"].items():
        name = stores.tables.get(logical_id)
        if name is None or _keys(name, dynamodb) != keys:
            raise UnfitError(f"does not fit: {logical_id} has other keys now")
    for logical_id, bucket in manifest["buckets"].items():
        # Items name the bucket of their objects.
        if stores.buckets.get(logical_id) != bucket:
            raise UnfitError(f"does not fit: {logical_id} was named {bucket}")


def _put_items(kept: zipfile.ZipFile, name: str, table: str, dynamodb: Client) -> None:
    expires = _time_to_live(table, dynamodb)
    now = time.time()
    with kept.open(name) as entry:
        items = (json.loads(line, object_hook=_from_json) for line in entry)
        # DynamoDB would have deleted them meanwhile.
        living = (one for one in items if not _expired(one, expires, now))
        while batch := list(itertools.islice(living, BATCH)):
            _put_batch(table, batch, dynamodb)


def _put_batch(table: str, items: Iterable[dict[str, Json]], dynamodb: Client) -> None:
    waiting = {table: [{"PutRequest": {"Item": item}} for item in items]}
    while waiting:
        answer = dynamodb.batch_write_item(RequestItems=waiting)
        waiting = answer.get("UnprocessedItems") or {}


def _time_to_live(table: str, dynamodb: Client) -> str:
    found = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    return str(found.get("AttributeName", ""))


def _expired(item: Mapping[str, Json], attribute: str, now: float) -> bool:
    seconds = item.get(attribute, {}).get("N")
    return seconds is not None and float(seconds) <= now


def _put_object(kept: zipfile.ZipFile, name: str, bucket: str, s3: Client) -> None:
    data = name.removesuffix(".json")
    with kept.open(data) as body:
        s3.put_object(
            Bucket=bucket,
            Body=body,
            ContentLength=kept.getinfo(data).file_size,
            **json.loads(kept.read(name)),
        )
