"""Applies what the emulator ignores silently, through the public APIs.

Each step compares a property in the cloud with the processed template, applies the
difference as any client of AWS would, and reads the property again. A property that is
still missing is reported as well. If the emulator learns to keep a property, it leaves
both lists by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from local.deploy.intrinsics import Resolver
from local.emulator.clients import Client
from local.template import Json


@dataclass(frozen=True)
class Stack:
    """A deployed stack: its processed template, physical ids, parameter values."""

    template: Mapping[str, Json]
    physical: Mapping[str, str]
    parameters: Mapping[str, str]

    def resources(self, kind: str) -> Iterator[tuple[str, str, dict[str, Json]]]:
        """Yield logical id, physical id and properties of each resource deployed."""
        for name, resource in self.template["Resources"].items():
            if resource["Type"] == kind and name in self.physical:
                yield name, self.physical[name], resource["Properties"]

    def resolve(self, value: Json) -> Json:
        """Return a value with its intrinsic functions resolved."""
        return Resolver(self.template, self.parameters, self.physical).resolve(value)


@dataclass(frozen=True)
class Step:
    """One property: its name, and how to read and set it."""

    what: str
    wanted: Json
    read: Callable[[], Json]
    apply: Callable[[], object]


@dataclass(frozen=True)
class CompletedProperty:
    """A property that the emulator ignored, and whether applying it worked."""

    what: str
    applied: bool


def complete(steps: Iterator[Step]) -> Iterator[CompletedProperty]:
    """Apply each missing property; yield one result for each of them."""
    for step in steps:
        if step.read() == step.wanted:
            continue
        step.apply()
        yield CompletedProperty(step.what, applied=step.read() == step.wanted)


# ---- tables ---------------------------------------------------------------------


def table_steps(stack: Stack, dynamodb: Client) -> Iterator[Step]:
    """Yield time to live, backups and encryption of every table of the stack."""
    for name, table, properties in stack.resources("AWS::DynamoDB::Table"):
        yield _time_to_live(name, table, properties, dynamodb)
        yield from _backups(name, table, properties, dynamodb)
        yield _encryption(name, table, properties, dynamodb)


def _time_to_live(
    name: str, table: str, properties: dict[str, Json], dynamodb: Client
) -> Step:
    wanted = properties["TimeToLiveSpecification"]

    def read() -> Json:
        answer = dynamodb.describe_time_to_live(TableName=table)
        found = answer["TimeToLiveDescription"]
        enabled = found["TimeToLiveStatus"] in {"ENABLING", "ENABLED"}
        return {"AttributeName": found.get("AttributeName"), "Enabled": enabled}

    return Step(
        f"{name}: time to live on {wanted['AttributeName']}",
        wanted,
        read,
        lambda: dynamodb.update_time_to_live(
            TableName=table, TimeToLiveSpecification=wanted
        ),
    )


def _backups(
    name: str, table: str, properties: dict[str, Json], dynamodb: Client
) -> Iterator[Step]:
    wanted = properties["PointInTimeRecoverySpecification"]

    def read(member: str) -> Json:
        answer = dynamodb.describe_continuous_backups(TableName=table)
        found = answer["ContinuousBackupsDescription"]
        return found["PointInTimeRecoveryDescription"].get(member)

    def apply() -> None:
        dynamodb.update_continuous_backups(
            TableName=table, PointInTimeRecoverySpecification=wanted
        )

    days = wanted["RecoveryPeriodInDays"]
    yield Step(
        f"{name}: point-in-time recovery",
        "ENABLED",
        lambda: read("PointInTimeRecoveryStatus"),
        apply,
    )
    yield Step(
        f"{name}: recovery period of {days} days",
        days,
        lambda: read("RecoveryPeriodInDays"),
        apply,
    )


def _encryption(
    name: str, table: str, properties: dict[str, Json], dynamodb: Client
) -> Step:
    wanted = properties["SSESpecification"]["SSEEnabled"]

    def read() -> Json:
        found = dynamodb.describe_table(TableName=table)["Table"]
        return found.get("SSEDescription", {}).get("Status") == "ENABLED"

    return Step(
        f"{name}: encryption by a managed key",
        wanted,
        read,
        lambda: dynamodb.update_table(
            TableName=table, SSESpecification={"Enabled": wanted}
        ),
    )


# ---- the bucket -----------------------------------------------------------------


def bucket_steps(stack: Stack, s3: Client) -> Iterator[Step]:
    """Yield the lifecycle of every bucket of the stack."""
    for name, bucket, properties in stack.resources("AWS::S3::Bucket"):
        yield _lifecycle(name, bucket, properties["LifecycleConfiguration"], s3)


def _lifecycle(
    name: str, bucket: str, declared: Mapping[str, Json], s3: Client
) -> Step:
    rules = [_lifecycle_rule(rule) for rule in declared["Rules"]]

    def read() -> Json:
        try:
            return s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        except s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchLifecycleConfiguration":
                return []
            raise

    return Step(
        f"{name}: lifecycle ({', '.join(rule['ID'] for rule in rules)})",
        rules,
        read,
        lambda: s3.put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration={"Rules": rules}
        ),
    )


def _lifecycle_rule(rule: Mapping[str, Json]) -> dict[str, Json]:
    """Return a lifecycle rule of CloudFormation as S3's API has it."""
    converted = {
        "ID": rule["Id"],
        "Status": rule["Status"],
        "Filter": {"Prefix": rule.get("Prefix", "")},
    }
    if "ExpirationInDays" in rule:
        converted["Expiration"] = {"Days": rule["ExpirationInDays"]}
    if "AbortIncompleteMultipartUpload" in rule:
        converted["AbortIncompleteMultipartUpload"] = dict(
            rule["AbortIncompleteMultipartUpload"]
        )
    return converted
