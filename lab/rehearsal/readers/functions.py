"""Reads functions, roles and permissions."""

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
    """Return a role: who may assume it, its policies, its path and tags."""
    iam, name = clients.of("iam"), resource.physical_id
    actual = iam.get_role(RoleName=name)["Role"]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    names = iam.list_role_policies(RoleName=name)["PolicyNames"]
    inline = [iam.get_role_policy(RoleName=name, PolicyName=one) for one in names]
    read = without_empty(
        {
            "Description": actual.get("Description"),
            "Path": actual.get("Path"),
            "MaxSessionDuration": actual.get("MaxSessionDuration"),
            "Tags": listed(actual.get("Tags", [])),
            "AssumeRolePolicyDocument": actual["AssumeRolePolicyDocument"],
            "ManagedPolicyArns": [one["PolicyArn"] for one in attached],
            "PermissionsBoundary": actual.get("PermissionsBoundary"),
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

# Further properties that a template can set, in the same response.
UNUSED = (
    *("Description", "VpcConfig", "Layers", "SnapStart", "EphemeralStorage"),
    *("KMSKeyArn", "DeadLetterConfig", "FileSystemConfigs", "PackageType"),
)
FUNCTION_DEFAULTS = {"EphemeralStorage": {"Size": 512}, "PackageType": "Zip"}


def read_function(resource: Resource, clients: Clients) -> Json:
    """Return an unpublished function, and the object that its code came from."""
    functions = clients.of("lambda")
    actual = functions.get_function_configuration(FunctionName=resource.physical_id)
    tags = functions.list_tags(Resource=actual["FunctionArn"])["Tags"]
    reserved = functions.get_function_concurrency(FunctionName=resource.physical_id)
    read = without_empty(
        {
            **{name: _field(actual, name) for name in (*SERVED, *UNUSED)},
            "Code": _code(resource.wanted["Code"], actual["CodeSha256"], clients),
            "Tags": tag_list(tags),
            "ReservedConcurrentExecutions": reserved.get(
                "ReservedConcurrentExecutions"
            ),
        }
    )
    return without_defaults(read, FUNCTION_DEFAULTS, resource)


def _field(actual: Mapping[str, Json], name: str) -> Json:
    """Return a field of a function in the format of a template."""
    item = actual.get(name)
    if name == "KMSKeyArn":
        return actual.get("KmsKeyArn", item)
    if name == "SnapStart":
        applied = (item or {}).get("ApplyOn", "None")
        return None if applied == "None" else {"ApplyOn": applied}
    if name == "VpcConfig":
        # Without a VPC, Lambda returns empty lists.
        return item if any((item or {}).values()) else None
    return item


def _code(wanted: Mapping[str, str], digest: str, clients: Clients) -> Json:
    """Return the object of the code if their hashes match, else the code's hash."""
    s3 = clients.of("s3")
    stored = s3.get_object(Bucket=wanted["S3Bucket"], Key=wanted["S3Key"])
    uploaded = hashlib.sha256(stored["Body"].read()).digest()
    same = base64.b64encode(uploaded).decode("ascii") == digest
    return dict(wanted) if same else {"CodeSha256": digest}


def read_served(resource: Resource, clients: Clients) -> Json:
    """Return the configuration of the version that an alias names."""
    name, qualifier = resource.physical_id.rsplit(":", 1)
    actual = clients.of("lambda").get_function_configuration(
        FunctionName=name, Qualifier=qualifier
    )
    return {name: actual.get(name) for name in SERVED}


def read_version(resource: Resource, clients: Clients) -> Json:
    """Return a published version."""
    actual = clients.of("lambda").get_function_configuration(
        FunctionName=resource.physical_id
    )
    return without_empty(
        {name: actual.get(name) for name in ("Description", "FunctionName")}
    )


def read_alias(resource: Resource, clients: Clients) -> Json:
    """Return an alias with the version that it names."""
    name, alias = resource.physical_id.rsplit(":", 1)
    actual = clients.of("lambda").get_alias(FunctionName=name, Name=alias)
    return without_empty(
        {
            "Name": actual["Name"],
            "FunctionName": actual["AliasArn"].split(":")[-2],
            "FunctionVersion": actual["FunctionVersion"],
            "Description": actual.get("Description"),
            "RoutingConfig": actual.get("RoutingConfig"),
        }
    )


def read_event_invoke_config(resource: Resource, clients: Clients) -> Json:
    """Return the settings of an alias for asynchronous invocations."""
    wanted = resource.wanted
    actual = clients.of("lambda").get_function_event_invoke_config(
        FunctionName=wanted["FunctionName"], Qualifier=wanted["Qualifier"]
    )
    *_, name, qualifier = actual["FunctionArn"].split(":")
    return {
        "FunctionName": name,
        "Qualifier": qualifier,
        "MaximumEventAgeInSeconds": actual["MaximumEventAgeInSeconds"],
        "MaximumRetryAttempts": actual["MaximumRetryAttempts"],
        "DestinationConfig": without_empty(actual["DestinationConfig"]),
    }


def read_permission(resource: Resource, clients: Clients) -> Json:
    """Return one statement of an alias's policy; an empty object if it is missing."""
    name, qualifier = resource.wanted["FunctionName"].rsplit(":", 1)
    actual = clients.of("lambda").get_policy(FunctionName=name, Qualifier=qualifier)
    for statement in json.loads(actual["Policy"])["Statement"]:
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


def _principal(actual: Json) -> Json:
    """Return a service by its name, as a template has it; other principals as is."""
    return actual.get("Service", actual) if isinstance(actual, dict) else actual
