"""Reads deployed resources back through the AWS APIs, in CloudFormation's shape.

A reader returns more than this template sets, so that what nobody asked for is seen
too: whatever else the answers at hand tell of what a template could have set, and what
is one call away. Defaults that AWS fills in are left out where the template says
nothing of them. What no reader asks for, and would stand unmapped were it set:

- bucket: replication, website, accelerated transfer, object lock, inventory,
  analytics, metrics, intelligent tiering, the bucket key of KMS encryption
- table: resource policy, contributor insights, Kinesis stream, replicas, warm
  throughput, the KMS key; throughput and contributor insights of an index
- function: code signing, runtime management, recursion, event source mappings, a URL;
  alias: provisioned concurrency
- role: instance profiles; permission: conditions other than `SourceArn`
- API: authorizers, models, domain mappings, a route's settings but its authorization
- log group: data protection, subscriptions, resource policy, field indexes
"""

from __future__ import annotations

from collections.abc import Callable

from botocore.exceptions import ClientError

from lab.rehearsal.flatten import MISSING
from lab.rehearsal.readers import data, functions, http_api, monitoring
from lab.rehearsal.readers.functions import SERVED
from lab.rehearsal.readers.resource import Resource
from local.emulator.clients import Clients
from local.template import Json

__all__ = ["SERVED", "Resource", "read"]


def read(resource: Resource, clients: Clients) -> Json:
    """Return what AWS holds of a resource: an empty object where it is gone.

    `MISSING` where no reader knows the type. Raises `ClientError` for every answer but
    that there is no such thing: being refused is not being gone.
    """
    reader = READERS.get(resource.kind)
    if not reader:
        return MISSING
    try:
        return reader(resource, clients)
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_FOUND:
            return {}
        raise


# Each service's words for a thing that is not there.
NOT_FOUND = {
    "NoSuchBucket",  # S3
    "NoSuchEntity",  # IAM
    "NotFoundException",  # API Gateway
    "ResourceNotFound",  # CloudWatch
    "ResourceNotFoundException",  # DynamoDB, Lambda, EventBridge, CloudWatch Logs
}


READERS: dict[str, Callable[[Resource, Clients], Json]] = {
    "AWS::ApiGatewayV2::Api": http_api.read_api,
    "AWS::ApiGatewayV2::Stage": http_api.read_stage,
    "AWS::CloudWatch::Alarm": monitoring.read_alarm,
    "AWS::DynamoDB::Table": data.read_table,
    "AWS::Events::Rule": monitoring.read_rule,
    "AWS::IAM::Role": functions.read_role,
    "AWS::Lambda::Alias": functions.read_alias,
    "AWS::Lambda::EventInvokeConfig": functions.read_event_invoke_config,
    "AWS::Lambda::Function": functions.read_function,
    "AWS::Lambda::Permission": functions.read_permission,
    "AWS::Lambda::Version": functions.read_version,
    "AWS::Logs::LogGroup": monitoring.read_log_group,
    "AWS::S3::Bucket": data.read_bucket,
    "AWS::S3::BucketPolicy": data.read_bucket_policy,
    "served by the alias": functions.read_served,
}
