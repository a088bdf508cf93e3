"""Stacks are deleted: what must stay stays, everything else is gone."""

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
    """Delete the second stack, then the owner; the data outlives both."""
    reason = _delete(environment, OWNER)
    environment.expect(
        "the owner cannot go while another stack works on its data",
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
    """Delete a stack and wait until it is gone; return why it is not, or ""."""
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
            (held,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
            return str(held.get("StackStatusReason") or error)
    return ""


def check_policies(
    environment: Environment, declared: DeclaredStack, look: Reader = read
) -> None:
    """Hold each resource of a deleted stack to its DeletionPolicy."""
    written = load()["Resources"]
    stayed: list[str] = []
    gone: list[str] = []
    wrong: list[str] = []
    for one in declared.resources:
        keeps = _policy(written, one) in KEPT
        # A type that nothing reads counts as there: nobody saw it go.
        there = bool(look(one, environment.clients))
        (stayed if there else gone).append(one.logical_id)
        if there != keeps:
            wrong.append(f"{one.logical_id} is {'there' if there else 'gone'}")
    environment.expect(
        f"{declared.stack}: what has DeletionPolicy Retain stays, the rest is gone",
        passed=not wrong,
        detail=", ".join(wrong)
        or f"{len(stayed)} stay ({', '.join(stayed)}), {len(gone)} are gone",
    )


def _policy(written: dict[str, Json], one: Resource) -> str:
    # SAM lets versions stay, but a function takes them with it: that they outlive an
    # update is seen at each switch.
    return str(written.get(one.logical_id, {}).get("DeletionPolicy", "Delete"))


def first_deploy_fails(environment: Environment, build: Build) -> None:
    """Show that a creation that fails leaves no bucket, whose name would be taken."""
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
        "its bucket's name is free again", passed=not left, detail=", ".join(left)
    )


def impossible(after: list[str]) -> dict[str, Json]:
    """Return a resource that cannot be made, and is tried after these are made."""
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
