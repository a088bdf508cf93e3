"""Deletes stacks, and checks what CloudFormation retains and what it deletes."""

from __future__ import annotations

from collections.abc import Callable

from botocore.exceptions import ClientError, WaiterError

from lab.rehearsal.data import StoredRecords
from lab.rehearsal.environment import OWNER, SECOND, Environment
from lab.rehearsal.properties import DeclaredStack
from lab.rehearsal.readers import Resource, read
from local import console
from local.deploy.sam import SamError
from local.emulator.clients import Clients
from local.model import Build
from local.template import Json, load

KEPT = {"Retain", "RetainExceptOnCreate"}
Reader = Callable[[Resource, Clients], Json]


def delete_both(
    environment: Environment,
    owner: DeclaredStack,
    second: DeclaredStack,
    data: StoredRecords,
) -> None:
    """Delete the second stack, then the owner; check that the data remains."""
    reason = _delete(environment, OWNER)
    environment.expect(
        "the owner cannot be deleted while another stack uses its data",
        passed="mport" in reason,
        detail=reason,
    )
    _delete(environment, SECOND)
    check_policies(environment, second)
    data.in_tables()
    _delete(environment, OWNER)
    check_policies(environment, owner)
    data.in_tables()


def _delete(environment: Environment, stack: str) -> str:
    """Delete a stack and wait; return the reason of a failure, or ""."""
    cloudformation = environment.clients.of("cloudformation")
    with console.step("delete", stack):
        try:
            cloudformation.delete_stack(StackName=stack)
            cloudformation.get_waiter("stack_delete_complete").wait(
                StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
            )
        except ClientError as error:
            return str(error.response["Error"]["Message"])
        except WaiterError as error:
            (actual,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
            return str(actual.get("StackStatusReason") or error)
    return ""


def check_policies(
    environment: Environment, declared: DeclaredStack, look: Reader = read
) -> None:
    """Check each resource of a deleted stack against its DeletionPolicy."""
    template = load()["Resources"]
    retained: list[str] = []
    deleted: list[str] = []
    wrong: list[str] = []
    for one in declared.resources:
        # A type without a reader counts as retained: its deletion was not observed.
        exists = bool(look(one, environment.clients))
        (retained if exists else deleted).append(one.logical_id)
        if exists != (_policy(template, one) in KEPT):
            state = "retained" if exists else "deleted"
            wrong.append(f"{one.logical_id} is {state}")
    environment.expect(
        f"{declared.stack}: resources with DeletionPolicy Retain are retained, "
        "the others deleted",
        passed=not wrong,
        detail=", ".join(wrong)
        or f"{len(retained)} retained ({', '.join(retained)}), {len(deleted)} deleted",
    )


def _policy(template: dict[str, Json], one: Resource) -> str:
    # SAM gives versions a policy to retain them, but deleting a function deletes its
    # versions. Each switch checks that they outlive an update.
    return str(template.get(one.logical_id, {}).get("DeletionPolicy", "Delete"))


def first_deploy_fails(environment: Environment, build: Build) -> None:
    """Check that a failed creation leaves no bucket, whose name would be taken."""
    stack = "parity-failing"

    def add_impossible(template: dict[str, Json]) -> None:
        template["Resources"]["Impossible"] = impossible(["AssetsBucketPolicy"])

    with console.step("deploy", f"{stack}, whose creation fails"):
        try:
            environment.deploy(stack, build, add_impossible)
            failed = False
        except SamError:
            failed = True
    environment.expect(
        "the deploy fails", passed=failed, detail=environment.failure(stack)
    )
    buckets = environment.clients.of("s3").list_buckets()["Buckets"]
    left = [one["Name"] for one in buckets if one["Name"].startswith(stack)]
    environment.expect(
        "the failed stack leaves no bucket", passed=not left, detail=", ".join(left)
    )


def impossible(after: list[str]) -> dict[str, Json]:
    """Return a resource whose creation fails; it depends on the resources `after`."""
    return {
        "Type": "AWS::Logs::MetricFilter",
        "DependsOn": after,
        "Properties": {
            "LogGroupName": "/no/such/group",
            "FilterPattern": "",
            "MetricTransformations": [
                {"MetricNamespace": "n", "MetricName": "m", "MetricValue": "1"}
            ],
        },
    }
