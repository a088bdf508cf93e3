"""Reads deployed resources back through the AWS APIs, in CloudFormation's shape.

A reader returns all that the API tells of what a template could have set, so that what
nobody asked for is seen too. Defaults that AWS fills in are left out where the template
says nothing of them and nothing can be lost by it; each such place says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rehearsal.readers import data, functions, http_api, watching
from rehearsal.readers.functions import SERVED
from rehearsal.readers.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.clients import Clients
    from local.template import Json

__all__ = ["SERVED", "Resource", "read"]


def read(resource: Resource, clients: Clients) -> Json:
    """Return what AWS holds of a resource; an empty object where nothing reads it."""
    reader = READERS.get(resource.kind)
    return reader(resource, clients) if reader else {}


READERS: dict[str, Callable[[Resource, Clients], Json]] = {
    "AWS::ApiGatewayV2::Api": http_api.read_api,
    "AWS::ApiGatewayV2::Stage": http_api.read_stage,
    "AWS::CloudWatch::Alarm": watching.read_alarm,
    "AWS::DynamoDB::Table": data.read_table,
    "AWS::Events::Rule": watching.read_rule,
    "AWS::IAM::Role": functions.read_role,
    "AWS::Lambda::Alias": functions.read_alias,
    "AWS::Lambda::Function": functions.read_function,
    "AWS::Lambda::Permission": functions.read_permission,
    "AWS::Lambda::Version": functions.read_version,
    "AWS::Logs::LogGroup": watching.read_log_group,
    "AWS::Logs::MetricFilter": watching.read_metric_filter,
    "AWS::S3::Bucket": data.read_bucket,
    "AWS::S3::BucketPolicy": data.read_bucket_policy,
    "served by the alias": functions.read_served,
}
