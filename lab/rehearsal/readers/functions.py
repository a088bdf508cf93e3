"""Reads functions back, and who may do what."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping

from lab.rehearsal.readers.resource import (
    Resource,
    listed,
    tag_list,
    without_defaults,
    without_empty,
)
from local.emulator.clients import Clients
from local.template import Json

ROLE_DEFAULTS = {"Path": "/", "MaxSessionDuration": 3600}


def read_role(resource: Resource, clients: Clients) -> Json:
    """Return a role: who may take it, its policies, its path and tags."""
    iam, name = clients.of("iam"), resource.physical_id
    held = iam.get_role(RoleName=name)["Role"]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    names = iam.list_role_policies(RoleName=name)["PolicyNames"]
    inline = [iam.get_role_policy(RoleName=name, PolicyName=one) for one in names]
    read = without_empty(
        {
            "Description": held.get("Description"),
            "Path": held.get("Path"),
            "MaxSessionDuration": held.get("MaxSessionDuration"),
            "Tags": listed(held.get("Tags", [])),
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
    return without_defaults(read, ROLE_DEFAULTS, resource)


SERVED = (
    *("FunctionName", "Handler", "Runtime", "MemorySize", "Timeout", "Role"),
    *("Environment", "TracingConfig", "Architectures", "LoggingConfig"),
)

# What a template can set besides, all in the answer that has the others.
UNASKED = (
    *("Description", "VpcConfig", "Layers", "SnapStart", "EphemeralStorage"),
    *("KMSKeyArn", "DeadLetterConfig", "FileSystemConfigs", "PackageType"),
)
FUNCTION_DEFAULTS = {"EphemeralStorage": {"Size": 512}, "PackageType": "Zip"}


def read_function(resource: Resource, clients: Clients) -> Json:
    """Return a function as it is unpublished, and where its code came from."""
    functions = clients.of("lambda")
    held = functions.get_function_configuration(FunctionName=resource.physical_id)
    tags = functions.list_tags(Resource=held["FunctionArn"])["Tags"]
    reserved = functions.get_function_concurrency(FunctionName=resource.physical_id)
    read = without_empty(
        {
            **{name: _field(held, name) for name in (*SERVED, *UNASKED)},
            "Code": _code(resource.wanted["Code"], held["CodeSha256"], clients),
            "Tags": tag_list(tags),
            "ReservedConcurrentExecutions": reserved.get(
                "ReservedConcurrentExecutions"
            ),
        }
    )
    return without_defaults(read, FUNCTION_DEFAULTS, resource)


def _field(held: Mapping[str, Json], name: str) -> Json:
    """Return a field of a function as a template words it."""
    item = held.get(name)
    if name == "KMSKeyArn":
        return held.get("KmsKeyArn", item)
    if name == "SnapStart":
        applied = (item or {}).get("ApplyOn", "None")
        return None if applied == "None" else {"ApplyOn": applied}
    if name == "VpcConfig":
        # Lambda answers with empty lists where there is none.
        return item if any((item or {}).values()) else None
    return item


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
    return without_empty(
        {name: held.get(name) for name in ("Description", "FunctionName")}
    )


def read_alias(resource: Resource, clients: Clients) -> Json:
    """Return an alias and the version that it names."""
    name, alias = resource.physical_id.rsplit(":", 1)
    held = clients.of("lambda").get_alias(FunctionName=name, Name=alias)
    return without_empty(
        {
            "Name": held["Name"],
            "FunctionName": held["AliasArn"].split(":")[-2],
            "FunctionVersion": held["FunctionVersion"],
            "Description": held.get("Description"),
            "RoutingConfig": held.get("RoutingConfig"),
        }
    )


def read_event_invoke_config(resource: Resource, clients: Clients) -> Json:
    """Return what becomes of asynchronous calls of an alias."""
    wanted = resource.wanted
    held = clients.of("lambda").get_function_event_invoke_config(
        FunctionName=wanted["FunctionName"], Qualifier=wanted["Qualifier"]
    )
    *_, name, qualifier = held["FunctionArn"].split(":")
    return {
        "FunctionName": name,
        "Qualifier": qualifier,
        "MaximumEventAgeInSeconds": held["MaximumEventAgeInSeconds"],
        "MaximumRetryAttempts": held["MaximumRetryAttempts"],
        "DestinationConfig": without_empty(held["DestinationConfig"]),
    }


def read_permission(resource: Resource, clients: Clients) -> Json:
    """Return one statement of an alias's policy; an empty object where it is gone."""
    name, qualifier = resource.wanted["FunctionName"].rsplit(":", 1)
    held = clients.of("lambda").get_policy(FunctionName=name, Qualifier=qualifier)
    for statement in json.loads(held["Policy"])["Statement"]:
        if statement["Sid"] == resource.physical_id:
            condition = statement.get("Condition", {})
            return without_empty(
                {
                    "Action": statement["Action"],
                    "FunctionName": statement["Resource"],
                    "Principal": _principal(statement["Principal"]),
                    "SourceArn": condition.get("ArnLike", {}).get("AWS:SourceArn"),
                }
            )
    return {}


def _principal(held: Json) -> Json:
    """Return a service by its bare name, as a template has it; all else as it is."""
    return held.get("Service", held) if isinstance(held, dict) else held
