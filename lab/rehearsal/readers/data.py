"""Reads tables and buckets back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from botocore.exceptions import ClientError

from lab.rehearsal.readers.resource import (
    Resource,
    listed,
    without_defaults,
    without_empty,
)
from local.emulator.clients import Client, Clients
from local.template import Json

# S3's words for a bucket without it.
NOT_CONFIGURED = {
    "NoSuchBucketPolicy",
    "NoSuchCORSConfiguration",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchTagSet",
    "OwnershipControlsNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
}


def read_table(resource: Resource, clients: Clients) -> Json:
    """Return a table: keys, indexes, expiry, recovery, encryption, protection, tags."""
    dynamodb, table = clients.of("dynamodb"), resource.physical_id
    held = dynamodb.describe_table(TableName=table)["Table"]
    ttl = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=table)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    tags = dynamodb.list_tags_of_resource(ResourceArn=held["TableArn"])["Tags"]
    read = without_empty(
        {
            "BillingMode": _billing_mode(held),
            "TableClass": held.get("TableClassSummary", {}).get("TableClass"),
            "OnDemandThroughput": held.get("OnDemandThroughput"),
            "Tags": listed(tags),
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
            "DeletionProtectionEnabled": held.get("DeletionProtectionEnabled"),
        }
    )
    return without_defaults(read, {"TableClass": "STANDARD"}, resource)


def _billing_mode(held: Mapping[str, Json]) -> Json:
    # DynamoDB has no word for a table that was always provisioned.
    return held.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")


def _time_to_live(held: Mapping[str, Json]) -> Json:
    return without_empty(
        {
            "AttributeName": held.get("AttributeName"),
            "Enabled": held["TimeToLiveStatus"] in {"ENABLING", "ENABLED"},
        }
    )


def _recovery(held: Mapping[str, Json]) -> Json:
    return without_empty(
        {
            "PointInTimeRecoveryEnabled": held["PointInTimeRecoveryStatus"]
            == "ENABLED",
            "RecoveryPeriodInDays": held.get("RecoveryPeriodInDays"),
        }
    )


def read_bucket(resource: Resource, clients: Clients) -> Json:
    """Return a bucket: access, encryption, lifecycle, CORS, and what else it does."""
    s3, name = clients.of("s3"), resource.physical_id
    ownership = configured(s3.get_bucket_ownership_controls, name)
    access = configured(s3.get_public_access_block, name)
    cors = configured(s3.get_bucket_cors, name)
    lifecycle = configured(s3.get_bucket_lifecycle_configuration, name)
    return without_empty(
        {
            "BucketName": name,
            **_bucket_extras(s3, name),
            "OwnershipControls": ownership.get("OwnershipControls"),
            "PublicAccessBlockConfiguration": access.get(
                "PublicAccessBlockConfiguration"
            ),
            "BucketEncryption": _bucket_encryption(s3, name),
            "LifecycleConfiguration": _rules("Rules", lifecycle, _lifecycle_rule),
            "CorsConfiguration": _rules("CorsRules", cors, _cors_rule),
        }
    )


def _bucket_extras(s3: Client, name: str) -> dict[str, Json]:
    """Return what a bucket has only where it was asked for."""
    versioning = s3.get_bucket_versioning(Bucket=name).get("Status")
    notified = s3.get_bucket_notification_configuration(Bucket=name)
    notified.pop("ResponseMetadata", None)
    return {
        "VersioningConfiguration": without_empty({"Status": versioning}),
        "NotificationConfiguration": notified,
        "LoggingConfiguration": s3.get_bucket_logging(Bucket=name).get(
            "LoggingEnabled"
        ),
        "Tags": listed(configured(s3.get_bucket_tagging, name).get("TagSet", [])),
    }


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
    # What is named otherwise in a template; all else stands as S3 answers it.
    rest = held.keys() - {"ID", "Filter", "Expiration"}
    scope, expiry = dict(held.get("Filter", {})), dict(held.get("Expiration", {}))
    read = {
        **{name: held[name] for name in rest},
        "Id": held.get("ID"),
        "Prefix": scope.pop("Prefix", held.get("Prefix")),
        "ExpirationInDays": expiry.pop("Days", None),
    }
    return without_empty({**read, "Filter": scope, "Expiration": expiry})


def read_bucket_policy(resource: Resource, clients: Clients) -> Json:
    """Return a bucket's policy; an empty object where it has none."""
    bucket = resource.wanted["Bucket"]
    held = configured(clients.of("s3").get_bucket_policy, bucket)
    if not held:
        return {}
    return {"Bucket": bucket, "PolicyDocument": json.loads(held["Policy"])}
