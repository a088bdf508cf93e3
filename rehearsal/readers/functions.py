"""Reads functions back, and who may do what."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

from rehearsal.readers.resource import own_tags, present

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.clients import Clients
    from local.template import Json
    from rehearsal.readers.resource import Resource


def read_role(resource: Resource, clients: Clients) -> Json:
    """Return a role: who may take it, and its policies."""
    iam, name = clients.of("iam"), resource.physical_id
    held = iam.get_role(RoleName=name)["Role"]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    names = iam.list_role_policies(RoleName=name)["PolicyNames"]
    inline = [iam.get_role_policy(RoleName=name, PolicyName=one) for one in names]
    return present(
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


def read_function(resource: Resource, clients: Clients) -> Json:
    """Return a function as it is unpublished, and where its code came from."""
    functions = clients.of("lambda")
    held = functions.get_function_configuration(FunctionName=resource.physical_id)
    tags = functions.list_tags(Resource=held["FunctionArn"])["Tags"]
    return present(
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


def read_served(resource: Resource, clients: Clients) -> Json:
    """Return what the version behind an alias runs with."""
    name, qualifier = resource.physical_id.rsplit(":", 1)
    held = clients.of("lambda").get_function_configuration(
        FunctionName=name, Qualifier=qualifier
    )
    return {name: held.get(name) for name in SERVED}


def read_version(resource: Resource, clients: Clients) -> Json:
    """Return a published version."""
    held = clients.of("lambda").get_function_configuration(
        FunctionName=resource.physical_id
    )
    return {name: held[name] for name in ("Description", "FunctionName")}


def read_alias(resource: Resource, clients: Clients) -> Json:
    """Return an alias and the version that it names."""
    name, alias = resource.physical_id.rsplit(":", 1)
    held = clients.of("lambda").get_alias(FunctionName=name, Name=alias)
    return present(
        {
            "Name": held["Name"],
            "FunctionName": held["AliasArn"].split(":")[-2],
            "FunctionVersion": held["FunctionVersion"],
            "RoutingConfig": held.get("RoutingConfig"),
        }
    )


def read_permission(resource: Resource, clients: Clients) -> Json:
    """Return one statement of an alias's policy; an empty object where it is gone."""
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
