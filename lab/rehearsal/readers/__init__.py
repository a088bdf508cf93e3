"""Reads deployed resources through the AWS APIs, in CloudFormation's shape.

A reader returns more than this template sets, so that unwanted settings are found too.
It returns every setting in the responses that it reads anyway, and those that take one
more call. It leaves out AWS's defaults that the template does not mention. No reader
reads the following; if they were set, nobody would notice:

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
    """Return the properties of a resource: an empty object if it does not exist.

    Returns `MISSING` if the type has no reader. Raises `ClientError` for every error
    but that the resource does not exist: an access error proves nothing.
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


# Each service's error code for a missing resource.
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
