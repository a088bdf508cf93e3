"""Readers return resources in CloudFormation's shape, and missing ones as empty."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lab.rehearsal.flatten import MISSING, flatten
from lab.rehearsal.readers import READERS, Resource, read
from lab.rehearsal.sam_types import SAM_TYPE
from local.emulator.clients import Client, Clients
from local.template import Json, load

RESOURCES = load()["Resources"]
TABLE = RESOURCES["UsersTable"]["Properties"]
BUCKET = RESOURCES["AssetsBucket"]["Properties"]
NAME = "a-bucket"
ENCRYPTION = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
POLICY = {"Version": "2012-10-17", "Statement": [{"Sid": "a", "Effect": "Deny"}]}

# Types whose physical id holds an alias's name.
BY_ALIAS = {"AWS::Lambda::Alias", "served by the alias"}


class InProcess(Clients):
    """Clients of moto, which mocks AWS in this process."""

    def of(self, service: str) -> Client:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, region_name="us-east-1", **keys)  # type: ignore[call-overload]


@pytest.fixture
def clients() -> Iterator[Clients]:
    with mock_aws():
        yield InProcess("")


def create_table(clients: Clients, expires_by: str | None = "ttl") -> None:
    """Create the template's table of users, without what moto does not support."""
    dynamodb = clients.of("dynamodb")
    dynamodb.create_table(
        TableName="t",
        BillingMode=TABLE["BillingMode"],
        AttributeDefinitions=TABLE["AttributeDefinitions"],
        KeySchema=TABLE["KeySchema"],
        GlobalSecondaryIndexes=TABLE["GlobalSecondaryIndexes"],
        SSESpecification={"Enabled": True},
        DeletionProtectionEnabled=True,
    )
    dynamodb.update_continuous_backups(
        TableName="t",
        PointInTimeRecoverySpecification=TABLE["PointInTimeRecoverySpecification"],
    )
    if expires_by:
        expiry = {"AttributeName": expires_by, "Enabled": True}
        dynamodb.update_time_to_live(TableName="t", TimeToLiveSpecification=expiry)


def read_table(clients: Clients) -> dict[str, Json]:
    return flatten(read(Resource("T", "AWS::DynamoDB::Table", "t", TABLE), clients))


def read_bucket(clients: Clients) -> dict[str, Json]:
    return flatten(read(Resource("B", "AWS::S3::Bucket", NAME, BUCKET), clients))


def test_every_type_of_the_template_has_a_reader() -> None:
    kinds = {one["Type"] for one in RESOURCES.values()}

    assert {one for one in kinds if not one.startswith(SAM_TYPE)} <= READERS.keys()


def test_a_type_without_a_reader_is_read_as_missing(clients: Clients) -> None:
    assert read(Resource("X", "AWS::SQS::Queue", "q", {}), clients) is MISSING


@pytest.mark.parametrize("kind", sorted(READERS))
def test_a_missing_resource_is_read_as_an_empty_object(
    clients: Clients, kind: str
) -> None:
    wanted = {
        "Bucket": "gone",
        "ApiId": "gone",
        "StageName": "gone",
        "FunctionName": "gone:live",
        "Qualifier": "live",
        "LogGroupName": "gone",
    }
    physical = "gone:live" if kind in BY_ALIAS else "gone"

    assert read(Resource("X", kind, physical, wanted), clients) == {}


def test_an_access_error_is_not_taken_for_a_missing_resource(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Json:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetIt")

    monkeypatch.setitem(READERS, "AWS::SQS::Queue", refuse)

    with pytest.raises(ClientError, match="AccessDenied"):
        read(Resource("X", "AWS::SQS::Queue", "q", {}), clients)


def test_a_table_is_read_as_the_template_declares_it(clients: Clients) -> None:
    create_table(clients)

    assert read_table(clients) == flatten(TABLE)


def test_another_ttl_attribute_is_read(clients: Clients) -> None:
    create_table(clients, expires_by="expiresAt")

    found = read_table(clients)

    differing = {name for name, one in flatten(TABLE).items() if found.get(name) != one}
    assert differing == {"TimeToLiveSpecification/AttributeName"}


def test_a_table_without_ttl_is_read_as_such(clients: Clients) -> None:
    create_table(clients, expires_by=None)

    found = read_table(clients)

    assert found["TimeToLiveSpecification/Enabled"] is False
    assert "TimeToLiveSpecification/AttributeName" not in found


def test_a_bucket_is_read_as_the_template_declares_it(clients: Clients) -> None:
    s3 = clients.of("s3")
    rules = copy.deepcopy(BUCKET["LifecycleConfiguration"]["Rules"])
    s3.create_bucket(Bucket=NAME)
    s3.put_bucket_ownership_controls(
        Bucket=NAME, OwnershipControls=BUCKET["OwnershipControls"]
    )
    s3.put_public_access_block(
        Bucket=NAME,
        PublicAccessBlockConfiguration=BUCKET["PublicAccessBlockConfiguration"],
    )
    s3.put_bucket_lifecycle_configuration(
        Bucket=NAME,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": rules[0]["Id"],
                    "Status": "Enabled",
                    "Filter": {"Prefix": "assets/"},
                    "Expiration": {"Days": 30},
                },
                {
                    "ID": rules[1]["Id"],
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                },
            ]
        },
    )
    s3.put_bucket_cors(
        Bucket=NAME,
        CORSConfiguration={
            "CORSRules": [
                {
                    "AllowedOrigins": ["*"],
                    "AllowedMethods": ["GET", "HEAD", "PUT"],
                    "AllowedHeaders": [
                        "content-type",
                        "if-none-match",
                        "x-amz-checksum-sha256",
                    ],
                    "ExposeHeaders": ["ETag"],
                    "MaxAgeSeconds": 600,
                }
            ]
        },
    )
    s3.put_bucket_encryption(
        Bucket=NAME,
        ServerSideEncryptionConfiguration={"Rules": [ENCRYPTION]},
    )
    written = copy.deepcopy(BUCKET) | {"BucketName": NAME}
    del written["BucketNamespace"]  # S3 takes it with the name and never answers it
    written["CorsConfiguration"]["CorsRules"][0]["AllowedOrigins"] = ["*"]

    assert read_bucket(clients) == flatten(written)


def test_a_bucket_without_settings_is_read_without_them(clients: Clients) -> None:
    clients.of("s3").create_bucket(Bucket=NAME)

    found = read_bucket(clients)

    assert found["BucketName"] == NAME
    fields = {path.split("/")[0] for path in found}
    assert fields <= {"BucketName", "BucketEncryption"}


def test_a_policy_is_read_and_a_missing_one_is_an_empty_object(
    clients: Clients,
) -> None:
    s3 = clients.of("s3")
    s3.create_bucket(Bucket=NAME)
    resource = Resource("P", "AWS::S3::BucketPolicy", "p", {"Bucket": NAME})

    without = read(resource, clients)
    s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps(POLICY))

    assert without == {}
    assert read(resource, clients) == {"Bucket": NAME, "PolicyDocument": POLICY}


# ---- settings that the template does not have ---------------------------------------

TOPIC = "arn:aws:sns:us-east-1:123456789012:a-topic"
TAG = {"Key": "team", "Value": "a"}


def test_further_settings_of_a_bucket_are_read(clients: Clients) -> None:
    s3 = clients.of("s3")
    s3.create_bucket(Bucket=NAME)
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket=NAME, Tagging={"TagSet": [TAG]})
    topic = {"Id": "n", "TopicArn": TOPIC, "Events": ["s3:ObjectCreated:*"]}
    clients.of("sns").create_topic(Name="a-topic")
    s3.put_bucket_notification_configuration(
        Bucket=NAME, NotificationConfiguration={"TopicConfigurations": [topic]}
    )

    found = read_bucket(clients)

    assert found["VersioningConfiguration/Status"] == "Enabled"
    assert found["Tags/team/Value"] == "a"
    path = "NotificationConfiguration/TopicConfigurations/n/TopicArn"
    assert found[path] == TOPIC


def test_a_lifecycle_rule_is_read_with_all_its_actions(clients: Clients) -> None:
    s3 = clients.of("s3")
    s3.create_bucket(Bucket=NAME)
    rule = {
        "ID": "r",
        "Status": "Enabled",
        "Filter": {"Prefix": "assets/"},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 3},
    }
    s3.put_bucket_lifecycle_configuration(
        Bucket=NAME, LifecycleConfiguration={"Rules": [rule]}
    )

    path = "LifecycleConfiguration/Rules/r/NoncurrentVersionExpiration/NoncurrentDays"
    assert read_bucket(clients)[path] == 3


def test_the_tags_of_a_table_are_read(clients: Clients) -> None:
    create_table(clients)
    arn = clients.of("dynamodb").describe_table(TableName="t")["Table"]["TableArn"]
    clients.of("dynamodb").tag_resource(ResourceArn=arn, Tags=[TAG])

    assert read_table(clients)["Tags/team/Value"] == "a"


def test_a_role_is_read_without_defaults_that_nobody_set(clients: Clients) -> None:
    clients.of("iam").create_role(
        RoleName="r",
        AssumeRolePolicyDocument=json.dumps(POLICY),
        MaxSessionDuration=7200,
        Tags=[TAG],
    )

    assert read(Resource("R", "AWS::IAM::Role", "r", {}), clients) == {
        "AssumeRolePolicyDocument": POLICY,
        "MaxSessionDuration": 7200,
        "Tags": [TAG],
    }


def test_an_alarm_with_disabled_actions_is_read_as_such(clients: Clients) -> None:
    cloudwatch = clients.of("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="a",
        Namespace="n",
        MetricName="m",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )
    alarm = Resource("A", "AWS::CloudWatch::Alarm", "a", {})

    as_made = read(alarm, clients)
    cloudwatch.disable_alarm_actions(AlarmNames=["a"])

    assert "ActionsEnabled" not in as_made
    assert read(alarm, clients)["ActionsEnabled"] is False
