"""Reads tables and buckets back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from rehearsal.readers.resource import present

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.clients import Client, Clients
    from local.template import Json
    from rehearsal.readers.resource import Resource

# S3's words for a bucket without it, or for no bucket at all.
NOT_CONFIGURED = {
    "NoSuchBucket",
    "NoSuchBucketPolicy",
    "NoSuchCORSConfiguration",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "OwnershipControlsNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
}


def read_table(resource: Resource, clients: Clients) -> Json:
    """Return a table: keys, indexes, expiry, recovery, encryption, protection."""
    dynamodb, table = clients.of("dynamodb"), resource.physical_id
    held = dynamodb.describe_table(TableName=table)["Table"]
    ttl = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=table)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return present(
        {
            "BillingMode": held["BillingModeSummary"]["BillingMode"],
            "AttributeDefinitions": held["AttributeDefinitions"],
            "KeySchema": held["KeySchema"],
            "GlobalSecondaryIndexes": [
                {name: one[name] for name in ("IndexName", "KeySchema", "Projection")}
                for one in held.get("GlobalSecondaryIndexes", [])
            ],
            "LocalSecondaryIndexes": held.get("LocalSecondaryIndexes"),
            "StreamSpecification": held.get("StreamSpecification"),
            "TimeToLiveSpecification": _time_to_live(ttl),
            "PointInTimeRecoverySpecification": _recovery(recovery),
            "SSESpecification": {
                "SSEEnabled": held.get("SSEDescription", {}).get("Status") == "ENABLED"
            },
            "DeletionProtectionEnabled": held["DeletionProtectionEnabled"],
        }
    )


def _time_to_live(held: Mapping[str, Json]) -> Json:
    return present(
        {
            "AttributeName": held.get("AttributeName"),
            "Enabled": held["TimeToLiveStatus"] in {"ENABLING", "ENABLED"},
        }
    )


def _recovery(held: Mapping[str, Json]) -> Json:
    return present(
        {
            "PointInTimeRecoveryEnabled": held["PointInTimeRecoveryStatus"]
            == "ENABLED",
            "RecoveryPeriodInDays": held.get("RecoveryPeriodInDays"),
        }
    )


def read_bucket(resource: Resource, clients: Clients) -> Json:
    """Return a bucket: access, encryption, lifecycle, CORS."""
    s3, name = clients.of("s3"), resource.physical_id
    ownership = configured(s3.get_bucket_ownership_controls, name)
    access = configured(s3.get_public_access_block, name)
    cors = configured(s3.get_bucket_cors, name)
    lifecycle = configured(s3.get_bucket_lifecycle_configuration, name)
    return present(
        {
            "BucketName": name,
            "OwnershipControls": ownership.get("OwnershipControls"),
            "PublicAccessBlockConfiguration": access.get(
                "PublicAccessBlockConfiguration"
            ),
            "BucketEncryption": _bucket_encryption(s3, name),
            "LifecycleConfiguration": _rules("Rules", lifecycle, _lifecycle_rule),
            "CorsConfiguration": _rules("CorsRules", cors, _cors_rule),
        }
    )


def configured(ask: Callable[..., Json], bucket: str) -> dict[str, Json]:
    """Return what S3 answers; an empty object where nothing of it was configured."""
    try:
        return dict(ask(Bucket=bucket))
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_CONFIGURED:
            return {}
        raise


def _rules(
    name: str, held: Mapping[str, Json], read: Callable[[Mapping[str, Json]], Json]
) -> Json:
    rules = held.get("Rules", held.get("CORSRules"))
    return {name: [read(one) for one in rules]} if rules else None


def _bucket_encryption(s3: Client, name: str) -> Json:
    answer = configured(s3.get_bucket_encryption, name)
    if not answer:
        return None
    rules = answer["ServerSideEncryptionConfiguration"]["Rules"]
    return {
        # BucketKeyEnabled is of KMS keys, which this template does not use.
        "ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": one["ApplyServerSideEncryptionByDefault"]}
            for one in rules
        ]
    }


def _cors_rule(held: Mapping[str, Json]) -> Json:
    names = {"ExposeHeaders": "ExposedHeaders", "MaxAgeSeconds": "MaxAge"}
    return {names.get(name, name): item for name, item in held.items()}


def _lifecycle_rule(held: Mapping[str, Json]) -> Json:
    return present(
        {
            "Id": held["ID"],
            "Status": held["Status"],
            "Prefix": held.get("Filter", {}).get("Prefix"),
            "ExpirationInDays": held.get("Expiration", {}).get("Days"),
            "AbortIncompleteMultipartUpload": held.get(
                "AbortIncompleteMultipartUpload"
            ),
        }
    )


def read_bucket_policy(resource: Resource, clients: Clients) -> Json:
    """Return a bucket's policy; an empty object where it has none."""
    bucket = resource.wanted["Bucket"]
    held = configured(clients.of("s3").get_bucket_policy, bucket)
    if not held:
        return {}
    return {"Bucket": bucket, "PolicyDocument": json.loads(held["Policy"])}
