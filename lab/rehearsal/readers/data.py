"""Reads tables and buckets."""

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

# S3's error codes for a missing configuration.
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
    actual = dynamodb.describe_table(TableName=table)["Table"]
    ttl = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=table)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    tags = dynamodb.list_tags_of_resource(ResourceArn=actual["TableArn"])["Tags"]
    read = without_empty(
        {
            "BillingMode": _billing_mode(actual),
            "TableClass": actual.get("TableClassSummary", {}).get("TableClass"),
            "OnDemandThroughput": actual.get("OnDemandThroughput"),
            "Tags": listed(tags),
            "AttributeDefinitions": actual["AttributeDefinitions"],
            "KeySchema": actual["KeySchema"],
            "GlobalSecondaryIndexes": [
                {name: one[name] for name in ("IndexName", "KeySchema", "Projection")}
                for one in actual.get("GlobalSecondaryIndexes", [])
            ],
            "LocalSecondaryIndexes": actual.get("LocalSecondaryIndexes"),
            "StreamSpecification": actual.get("StreamSpecification"),
            "TimeToLiveSpecification": _time_to_live(ttl),
            "PointInTimeRecoverySpecification": _recovery(recovery),
            "SSESpecification": {
                "SSEEnabled": actual.get("SSEDescription", {}).get("Status")
                == "ENABLED"
            },
            "DeletionProtectionEnabled": actual.get("DeletionProtectionEnabled"),
        }
    )
    return without_defaults(read, {"TableClass": "STANDARD"}, resource)


def _billing_mode(actual: Mapping[str, Json]) -> Json:
    # DynamoDB leaves the field out for a table that was always provisioned.
    return actual.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")


def _time_to_live(actual: Mapping[str, Json]) -> Json:
    return without_empty(
        {
            "AttributeName": actual.get("AttributeName"),
            "Enabled": actual["TimeToLiveStatus"] in {"ENABLING", "ENABLED"},
        }
    )


def _recovery(actual: Mapping[str, Json]) -> Json:
    return without_empty(
        {
            "PointInTimeRecoveryEnabled": actual["PointInTimeRecoveryStatus"]
            == "ENABLED",
            "RecoveryPeriodInDays": actual.get("RecoveryPeriodInDays"),
        }
    )


def read_bucket(resource: Resource, clients: Clients) -> Json:
    """Return a bucket: access, encryption, lifecycle, CORS and optional settings."""
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
    """Return the settings that a bucket has only if they were set."""
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
    """Return S3's response; an empty object if the configuration is missing."""
    try:
        return dict(ask(Bucket=bucket))
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_CONFIGURED:
            return {}
        raise


def _rules(
    name: str, actual: Mapping[str, Json], read: Callable[[Mapping[str, Json]], Json]
) -> Json:
    rules = actual.get("Rules", actual.get("CORSRules"))
    return {name: [read(one) for one in rules]} if rules else None


def _bucket_encryption(s3: Client, name: str) -> Json:
    answer = configured(s3.get_bucket_encryption, name)
    if not answer:
        return None
    rules = answer["ServerSideEncryptionConfiguration"]["Rules"]
    return {
        # BucketKeyEnabled concerns KMS keys, which this template does not use.
        "ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": one["ApplyServerSideEncryptionByDefault"]}
            for one in rules
        ]
    }


def _cors_rule(actual: Mapping[str, Json]) -> Json:
    names = {"ExposeHeaders": "ExposedHeaders", "MaxAgeSeconds": "MaxAge"}
    return {names.get(name, name): item for name, item in actual.items()}


def _lifecycle_rule(actual: Mapping[str, Json]) -> Json:
    # These have other names in a template; all other fields have the same.
    rest = actual.keys() - {"ID", "Filter", "Expiration"}
    scope, expiry = dict(actual.get("Filter", {})), dict(actual.get("Expiration", {}))
    read = {
        **{name: actual[name] for name in rest},
        "Id": actual.get("ID"),
        "Prefix": scope.pop("Prefix", actual.get("Prefix")),
        "ExpirationInDays": expiry.pop("Days", None),
    }
    return without_empty({**read, "Filter": scope, "Expiration": expiry})


def read_bucket_policy(resource: Resource, clients: Clients) -> Json:
    """Return a bucket's policy; an empty object if it has none."""
    bucket = resource.wanted["Bucket"]
    actual = configured(clients.of("s3").get_bucket_policy, bucket)
    if not actual:
        return {}
    return {"Bucket": bucket, "PolicyDocument": json.loads(actual["Policy"])}
