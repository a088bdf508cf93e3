"""Reads and replaces the policies of a stack's roles."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lab.iam.errors import CannotProveError
from local.emulator.clients import Clients
from local.implementations import IMPLEMENTATIONS

Json = Any


@dataclass(frozen=True, slots=True)
class Policy:
    """The only policy of a function's role, as deployed.

    `function` is the logical id without `Function`, such as `Users`; `role` is the
    role's ARN.
    """

    function: str
    implementation: str
    stack: str
    role: str
    name: str
    document: Mapping[str, Json]

    @property
    def role_name(self) -> str:
        """The name of the role, for calls to IAM."""
        return self.role.rsplit("/", 1)[1]


def policies_of(clients: Clients) -> list[Policy]:
    """Return the policy of every function of every implementation's stack."""
    return [
        _policy(one.name, one.stack, resource, clients)
        for one in IMPLEMENTATIONS
        for resource in clients.of("cloudformation").describe_stack_resources(
            StackName=one.stack
        )["StackResources"]
        if resource["ResourceType"] == "AWS::Lambda::Function"
    ]


def _policy(
    implementation: str, stack: str, resource: Mapping[str, Json], clients: Clients
) -> Policy:
    physical = resource["PhysicalResourceId"]
    configuration = clients.of("lambda").get_function(FunctionName=physical)[
        "Configuration"
    ]
    role, iam = configuration["Role"].rsplit("/", 1)[1], clients.of("iam")
    inline = iam.list_role_policies(RoleName=role)["PolicyNames"]
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    if len(inline) != 1 or attached:
        raise CannotProveError(
            f"{role} has {len(inline)} inline and {len(attached)} attached policies; "
            "the proof needs exactly one inline policy"
        )
    answer = iam.get_role_policy(RoleName=role, PolicyName=inline[0])
    document = answer["PolicyDocument"]
    if isinstance(document, str):
        document = json.loads(urllib.parse.unquote(document))
    function = resource["LogicalResourceId"].removesuffix("Function")
    return Policy(
        function, implementation, stack, configuration["Role"], inline[0], document
    )


@contextmanager
def replace_policies(
    changes: Sequence[tuple[Policy, Mapping[str, Json]]], clients: Clients
) -> Iterator[None]:
    """Replace the policy documents of roles during a block.

    After an error they are not restored, because the stack ends with the proof.
    """
    for policy, document in changes:
        _put(policy, document, clients)
    yield
    for policy, _ in changes:
        _put(policy, policy.document, clients)


def _put(policy: Policy, document: Mapping[str, Json], clients: Clients) -> None:
    clients.of("iam").put_role_policy(
        RoleName=policy.role_name,
        PolicyName=policy.name,
        PolicyDocument=json.dumps(document),
    )
