"""A stack of its own for the proof, and the policies of its roles."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.parse
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.children import tied
from local.clients import Clients
from local.implementations import IMPLEMENTATIONS
from local.privileges.errors import CannotProveError
from local.template import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Json = Any
# An end by SIGTERM takes less than 5 s; what takes longer is killed.
END_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the stack listens: its first front and its AWS endpoint."""

    api: int
    cloud: int

    @property
    def endpoint(self) -> str:
        """The URL of the local cloud."""
        return f"http://127.0.0.1:{self.cloud}"


@dataclass(frozen=True, slots=True)
class Policy:
    """The one policy of a function's role, as it is deployed.

    `function` is its logical id without the last word (`Users`), `role` the role's ARN.
    """

    function: str
    implementation: str
    stack: str
    role: str
    name: str
    document: Mapping[str, Json]

    @property
    def role_name(self) -> str:
        """The role's name, which IAM's calls take."""
        return self.role.rsplit("/", 1)[1]


@contextmanager
def started(ports: Ports) -> Iterator[Clients]:
    """Run `make start` on these ports for the length of a block."""
    command = [sys.executable, "-m", "local.start", "--port", str(ports.api)]
    process = subprocess.Popen(
        tied([*command, "--cloud-port", str(ports.cloud)]),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # Ctrl-C is for the proof, which ends this
    )
    try:
        _wait_until_ready(process)
        # Its request log would fill the pipe, and then the stack would stand still.
        threading.Thread(target=_drain, args=[process], daemon=True).start()
        yield Clients(ports.endpoint)
    finally:
        _end(process)


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    line = "it said nothing"
    for line in process.stdout or ():
        if line.strip() == "ready":
            return
    raise CannotProveError(f"the stack did not start: {line.strip()}")


def _drain(process: subprocess.Popen[str]) -> None:
    for _ in process.stdout or ():
        pass


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(END_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


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
    held = clients.of("lambda").get_function(FunctionName=physical)["Configuration"]
    role, iam = held["Role"].rsplit("/", 1)[1], clients.of("iam")
    inline = iam.list_role_policies(RoleName=role)["PolicyNames"]
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    if len(inline) != 1 or attached:
        raise CannotProveError(
            f"{role} has {len(inline)} inline and {len(attached)} attached policies; "
            "the proof takes apart one inline policy"
        )
    answer = iam.get_role_policy(RoleName=role, PolicyName=inline[0])
    document = answer["PolicyDocument"]
    if isinstance(document, str):
        document = json.loads(urllib.parse.unquote(document))
    function = resource["LogicalResourceId"].removesuffix("Function")
    return Policy(function, implementation, stack, held["Role"], inline[0], document)


@contextmanager
def replaced(
    changes: Sequence[tuple[Policy, Mapping[str, Json]]], clients: Clients
) -> Iterator[None]:
    """Give roles other documents for the length of a block.

    After an error nothing is put back: the stack ends with the proof.
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
