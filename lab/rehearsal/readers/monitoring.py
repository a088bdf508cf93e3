"""Reads schedules, alarms and log groups."""

from __future__ import annotations

from lab.rehearsal.readers.resource import (
    Resource,
    listed,
    tag_list,
    without_defaults,
    without_empty,
)
from local.emulator.clients import Clients
from local.template import Json

RULE = (
    *("Description", "State", "ScheduleExpression", "EventPattern"),
    *("RoleArn", "EventBusName"),
)


def read_rule(resource: Resource, clients: Clients) -> Json:
    """Return a schedule and its targets with their inputs."""
    events, name = clients.of("events"), resource.physical_id
    actual = events.describe_rule(Name=name)
    targets = events.list_targets_by_rule(Rule=name)["Targets"]
    tags = events.list_tags_for_resource(ResourceARN=actual["Arn"])["Tags"]
    read = {one: actual.get(one) for one in RULE}
    read |= {"Targets": targets, "Tags": listed(tags)}
    return without_defaults(without_empty(read), {"EventBusName": "default"}, resource)


ALARM = (
    *("AlarmDescription", "Namespace", "MetricName", "Dimensions", "Statistic"),
    *("Period", "ComparisonOperator", "Threshold", "EvaluationPeriods"),
    *("TreatMissingData", "AlarmActions", "OKActions", "InsufficientDataActions"),
    *("Unit", "DatapointsToAlarm", "ExtendedStatistic", "ActionsEnabled"),
    *("Metrics", "ThresholdMetricId", "EvaluateLowSampleCountPercentile"),
)


def read_alarm(resource: Resource, clients: Clients) -> Json:
    """Return an alarm; an empty object if it does not exist."""
    cloudwatch, names = clients.of("cloudwatch"), [resource.physical_id]
    for actual in cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]:
        arn = actual["AlarmArn"]
        tags = cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]
        read = {name: actual.get(name) for name in ALARM} | {"Tags": listed(tags)}
        return without_defaults(without_empty(read), {"ActionsEnabled": True}, resource)
    return {}


def read_log_group(resource: Resource, clients: Clients) -> Json:
    """Return a log group; an empty object if it does not exist."""
    logs, name = clients.of("logs"), resource.physical_id
    for actual in logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]:
        if actual["logGroupName"] == name:
            arn = actual["arn"].removesuffix(":*")
            tags = logs.list_tags_for_resource(resourceArn=arn)["tags"]
            read = {
                "LogGroupName": name,
                "RetentionInDays": actual.get("retentionInDays"),
                "KmsKeyId": actual.get("kmsKeyId"),
                "LogGroupClass": actual.get("logGroupClass"),
                "Tags": tag_list(tags),
            }
            return without_defaults(
                without_empty(read), {"LogGroupClass": "STANDARD"}, resource
            )
    return {}
