"""Reads deployed resources back through the AWS APIs, in CloudFormation's shape.

A reader returns all that the API tells of what a template could have set, so that what
nobody asked for is seen too. Defaults that AWS fills in are left out where the template
says nothing of them and nothing can be lost by it; each such place says so.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rehearsal.http_api_reader import read_api, read_stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.clients import Client, Clients
    from local.template import Json


@dataclass(frozen=True)
class Resource:
    """A deployed resource: what it is, and what the template says it should be."""

    logical_id: str
    kind: str
    physical_id: str
    wanted: Mapping[str, Json]


def read(resource: Resource, clients: Clients) -> Json:
    """Return what AWS holds of a resource; an empty object where nothing reads it."""
    reader = READERS.get(resource.kind)
    return reader(resource, clients) if reader else {}


def own_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags without those CloudFormation sets by itself."""
    return {name: one for name, one in tags.items() if not name.startswith("aws:")}


def _present(members: Mapping[str, Json]) -> dict[str, Json]:
    """Return the members that say something."""
    return {name: item for name, item in members.items() if item not in (None, "", [])}


# ---- data -----------------------------------------------------------------------


def _table(resource: Resource, clients: Clients) -> Json:
    dynamodb, table = clients.of("dynamodb"), resource.physical_id
    held = dynamodb.describe_table(TableName=table)["Table"]
    ttl = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=table)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return _present(
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
    return _present(
        {
            "AttributeName": held.get("AttributeName"),
            "Enabled": held["TimeToLiveStatus"] in {"ENABLING", "ENABLED"},
        }
    )


def _recovery(held: Mapping[str, Json]) -> Json:
    return _present(
        {
            "PointInTimeRecoveryEnabled": held["PointInTimeRecoveryStatus"]
            == "ENABLED",
            "RecoveryPeriodInDays": held.get("RecoveryPeriodInDays"),
        }
    )


def _bucket(resource: Resource, clients: Clients) -> Json:
    s3, name = clients.of("s3"), resource.physical_id
    ownership = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]
    access = s3.get_public_access_block(Bucket=name)
    return _present(
        {
            "BucketName": name,
            "OwnershipControls": ownership,
            "PublicAccessBlockConfiguration": access["PublicAccessBlockConfiguration"],
            "BucketEncryption": _bucket_encryption(s3, name),
            "LifecycleConfiguration": _lifecycle(s3, name),
            "CorsConfiguration": {
                "CorsRules": [
                    _cors_rule(one)
                    for one in s3.get_bucket_cors(Bucket=name)["CORSRules"]
                ]
            },
        }
    )


def _bucket_encryption(s3: Client, name: str) -> Json:
    answer = s3.get_bucket_encryption(Bucket=name)
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


def _lifecycle(s3: Client, name: str) -> Json:
    try:
        rules = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchLifecycleConfiguration":
            return None
        raise
    return {"Rules": [_lifecycle_rule(one) for one in rules]}


def _lifecycle_rule(held: Mapping[str, Json]) -> Json:
    return _present(
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


def _bucket_policy(resource: Resource, clients: Clients) -> Json:
    s3, bucket = clients.of("s3"), resource.wanted["Bucket"]
    try:
        held = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in {"NoSuchBucketPolicy", "NoSuchBucket"}:
            return {}
        raise
    return {"Bucket": bucket, "PolicyDocument": json.loads(held)}


# ---- functions and who may do what ----------------------------------------------


def _role(resource: Resource, clients: Clients) -> Json:
    iam, name = clients.of("iam"), resource.physical_id
    held = iam.get_role(RoleName=name)["Role"]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    names = iam.list_role_policies(RoleName=name)["PolicyNames"]
    inline = [iam.get_role_policy(RoleName=name, PolicyName=one) for one in names]
    return _present(
        {
            "Description": held.get("Description"),
            "AssumeRolePolicyDocument": held["AssumeRolePolicyDocument"],
            "ManagedPolicyArns": [one["PolicyArn"] for one in attached],
            "PermissionsBoundary": held.get("PermissionsBoundary"),
            "Policies": [
                {
                    "PolicyName": one["PolicyName"],
                    "PolicyDocument": one["PolicyDocument"],
                }
                for one in inline
            ],
        }
    )


SERVED = (
    *("FunctionName", "Handler", "Runtime", "MemorySize", "Timeout", "Role"),
    *("Environment", "TracingConfig", "Architectures", "LoggingConfig"),
)


def _function(resource: Resource, clients: Clients) -> Json:
    functions = clients.of("lambda")
    held = functions.get_function_configuration(FunctionName=resource.physical_id)
    tags = functions.list_tags(Resource=held["FunctionArn"])["Tags"]
    return _present(
        {
            **{name: held.get(name) for name in (*SERVED, "Description")},
            "Code": _code(resource.wanted["Code"], held["CodeSha256"], clients),
            "Tags": [
                {"Key": name, "Value": value} for name, value in own_tags(tags).items()
            ],
            "VpcConfig": held.get("VpcConfig"),
            "Layers": held.get("Layers"),
        }
    )


def _code(wanted: Mapping[str, str], digest: str, clients: Clients) -> Json:
    """Return where the code came from, if it is what was uploaded there."""
    s3 = clients.of("s3")
    stored = s3.get_object(Bucket=wanted["S3Bucket"], Key=wanted["S3Key"])
    uploaded = hashlib.sha256(stored["Body"].read()).digest()
    same = base64.b64encode(uploaded).decode("ascii") == digest
    return dict(wanted) if same else {"CodeSha256": digest}


def _served(resource: Resource, clients: Clients) -> Json:
    """Return what the version behind an alias runs with."""
    name, qualifier = resource.physical_id.rsplit(":", 1)
    held = clients.of("lambda").get_function_configuration(
        FunctionName=name, Qualifier=qualifier
    )
    return {name: held.get(name) for name in SERVED}


def _version(resource: Resource, clients: Clients) -> Json:
    held = clients.of("lambda").get_function_configuration(
        FunctionName=resource.physical_id
    )
    return {name: held[name] for name in ("Description", "FunctionName")}


def _alias(resource: Resource, clients: Clients) -> Json:
    name, alias = resource.physical_id.rsplit(":", 1)
    held = clients.of("lambda").get_alias(FunctionName=name, Name=alias)
    return _present(
        {
            "Name": held["Name"],
            "FunctionName": held["AliasArn"].split(":")[-2],
            "FunctionVersion": held["FunctionVersion"],
            "RoutingConfig": held.get("RoutingConfig"),
        }
    )


def _permission(resource: Resource, clients: Clients) -> Json:
    name, qualifier = resource.wanted["FunctionName"].rsplit(":", 1)
    held = clients.of("lambda").get_policy(FunctionName=name, Qualifier=qualifier)
    for statement in json.loads(held["Policy"])["Statement"]:
        if statement["Sid"] == resource.physical_id:
            return {
                "Action": statement["Action"],
                "FunctionName": statement["Resource"],
                "Principal": statement["Principal"]["Service"],
                "SourceArn": statement["Condition"]["ArnLike"]["AWS:SourceArn"],
            }
    return {}


# ---- what runs by itself, and what watches ---------------------------------------


def _rule(resource: Resource, clients: Clients) -> Json:
    events, name = clients.of("events"), resource.physical_id
    held = events.describe_rule(Name=name)
    targets = events.list_targets_by_rule(Rule=name)["Targets"]
    names = ("Description", "State", "ScheduleExpression", "EventPattern")
    return _present({**{one: held.get(one) for one in names}, "Targets": targets})


ALARM = (
    *("AlarmDescription", "Namespace", "MetricName", "Dimensions", "Statistic"),
    *("Period", "ComparisonOperator", "Threshold", "EvaluationPeriods"),
    *("TreatMissingData", "AlarmActions", "OKActions", "InsufficientDataActions"),
    *("Unit", "DatapointsToAlarm", "ExtendedStatistic"),
)


def _alarm(resource: Resource, clients: Clients) -> Json:
    names = [resource.physical_id]
    (held,) = clients.of("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    return _present({name: held.get(name) for name in ALARM})


def _log_group(resource: Resource, clients: Clients) -> Json:
    answer = clients.of("logs").describe_log_groups(
        logGroupNamePrefix=resource.physical_id
    )
    for held in answer["logGroups"]:
        if held["logGroupName"] == resource.physical_id:
            return _present(
                {
                    "LogGroupName": held["logGroupName"],
                    "RetentionInDays": held.get("retentionInDays"),
                    "KmsKeyId": held.get("kmsKeyId"),
                }
            )
    return {}


def _metric_filter(resource: Resource, clients: Clients) -> Json:
    (held,) = clients.of("logs").describe_metric_filters(
        logGroupName=resource.wanted["LogGroupName"],
        filterNamePrefix=resource.physical_id,
    )["metricFilters"]
    return {
        "LogGroupName": held["logGroupName"],
        "FilterPattern": held["filterPattern"],
        "MetricTransformations": [
            {name[0].upper() + name[1:]: item for name, item in one.items()}
            for one in held["metricTransformations"]
        ],
    }


READERS: dict[str, Callable[[Resource, Clients], Json]] = {
    "AWS::ApiGatewayV2::Api": read_api,
    "AWS::ApiGatewayV2::Stage": read_stage,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::DynamoDB::Table": _table,
    "AWS::Events::Rule": _rule,
    "AWS::IAM::Role": _role,
    "AWS::Lambda::Alias": _alias,
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::Permission": _permission,
    "AWS::Lambda::Version": _version,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::Logs::MetricFilter": _metric_filter,
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "served by the alias": _served,
}
