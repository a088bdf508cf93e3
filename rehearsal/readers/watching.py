"""Reads back what runs by itself, and what watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rehearsal.readers.resource import present

if TYPE_CHECKING:
    from local.clients import Clients
    from local.template import Json
    from rehearsal.readers.resource import Resource


def read_rule(resource: Resource, clients: Clients) -> Json:
    """Return a schedule and its targets with their input."""
    events, name = clients.of("events"), resource.physical_id
    held = events.describe_rule(Name=name)
    targets = events.list_targets_by_rule(Rule=name)["Targets"]
    names = ("Description", "State", "ScheduleExpression", "EventPattern")
    return present({**{one: held.get(one) for one in names}, "Targets": targets})


ALARM = (
    *("AlarmDescription", "Namespace", "MetricName", "Dimensions", "Statistic"),
    *("Period", "ComparisonOperator", "Threshold", "EvaluationPeriods"),
    *("TreatMissingData", "AlarmActions", "OKActions", "InsufficientDataActions"),
    *("Unit", "DatapointsToAlarm", "ExtendedStatistic"),
)


def read_alarm(resource: Resource, clients: Clients) -> Json:
    """Return an alarm."""
    names = [resource.physical_id]
    (held,) = clients.of("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    return present({name: held.get(name) for name in ALARM})


def read_log_group(resource: Resource, clients: Clients) -> Json:
    """Return a log group; an empty object where it is gone."""
    answer = clients.of("logs").describe_log_groups(
        logGroupNamePrefix=resource.physical_id
    )
    for held in answer["logGroups"]:
        if held["logGroupName"] == resource.physical_id:
            return present(
                {
                    "LogGroupName": held["logGroupName"],
                    "RetentionInDays": held.get("retentionInDays"),
                    "KmsKeyId": held.get("kmsKeyId"),
                }
            )
    return {}


def read_metric_filter(resource: Resource, clients: Clients) -> Json:
    """Return a metric filter."""
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
