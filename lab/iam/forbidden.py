"""Makes calls that no role may make, with the role's own session credentials."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from lab.iam.errors import CannotProveError
from lab.iam.listed_rights import read_yaml
from lab.iam.stack import Policy
from local.deploy.deployment import credentials
from local.emulator.clients import Clients
from local.emulator.cloud import REGION

Json = Any
FORBIDDEN = Path(__file__).with_name("forbidden.yaml")
OTHER = {"Users": "Assets", "Assets": "Users"}
ID = {"Users": "userId", "Assets": "assetId"}
# The error codes of a call that a policy does not allow.
DENIALS = {
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "UnauthorizedOperation",
}


def try_calls(
    policy: Policy, policies: Sequence[Policy], clients: Clients
) -> Iterator[tuple[str, str]]:
    """Make every forbidden call of a function's role; yield each with its outcome.

    The outcome is "" if the role's policy denied the call, else "allowed" or another
    error, which proves no denial.
    """
    session = _session(policy, clients)
    names = _names(policy, policies, clients)
    for call in calls_of(policy.function):
        given = fill_names(call["with"], names)
        text = f"{call['service']} {call['call']} {json.dumps(given)}"
        yield text, _outcome(session, clients.endpoint, call, given)


def calls_of(function: str) -> list[Json]:
    """Return the forbidden calls of a function: those of both, then its own."""
    data = read_yaml(FORBIDDEN)
    try:
        calls = [*data["Every"], *data[function]]
        if all(one.keys() == {"service", "call", "with"} for one in calls):
            return calls
    except (AttributeError, KeyError, TypeError):
        pass
    raise CannotProveError(f"{FORBIDDEN.name} does not have the format of its comment")


def _session(policy: Policy, clients: Clients) -> boto3.Session:
    given = credentials(policy.role, clients)
    return boto3.Session(
        aws_access_key_id=given.access_key_id,
        aws_secret_access_key=given.secret_access_key,
        aws_session_token=given.session_token,
        region_name=REGION,
    )


def _names(
    policy: Policy, policies: Sequence[Policy], clients: Clients
) -> dict[str, str]:
    """Return the values of the names in braces in this role's calls."""
    function, other = policy.function, OTHER[policy.function]
    answer = clients.of("cloudformation").describe_stacks(StackName=policy.stack)
    outputs = {
        one["OutputKey"]: one["OutputValue"] for one in answer["Stacks"][0]["Outputs"]
    }
    others = next(
        one for one in policies if (one.function, one.stack) == (other, policy.stack)
    )
    return {
        "{own}": outputs[f"{function}Table"],
        "{other}": outputs[f"{other}Table"],
        "{id}": ID[function],
        "{otherId}": ID[other],
        "{bucket}": outputs["AssetsBucket"],
        "{ownFunction}": outputs[f"{function}Function"],
        "{otherFunction}": outputs[f"{other}Function"],
        "{ownRole}": policy.role_name,
        "{otherRole}": others.role_name,
        "{otherRoleArn}": others.role,
    }


def fill_names(value: Json, names: Mapping[str, str]) -> Json:
    """Return a call's parameters with names in braces replaced, in keys too."""
    if isinstance(value, dict):
        return {
            fill_names(key, names): fill_names(one, names) for key, one in value.items()
        }
    if isinstance(value, list):
        return [fill_names(one, names) for one in value]
    if isinstance(value, str):
        for name, replacement in names.items():
            value = value.replace(name, replacement)
    return value


def _outcome(
    session: boto3.Session, endpoint: str, call: Mapping[str, str], given: Json
) -> str:
    config = Config(proxies={}, retries={"total_max_attempts": 1})
    try:
        client: Any = session.client(
            call["service"],  # type: ignore[call-overload]  # any name, checked at run time
            endpoint_url=endpoint,
            config=config,
        )
        getattr(client, call["call"])(**given)
    except ClientError as error:
        return outcome_of(error)
    except (AttributeError, BotoCoreError) as error:
        return f"not made: {' '.join(str(error).split())}"
    return "allowed"


def outcome_of(error: ClientError) -> str:
    """Return "" if the role's policy denied the call, else the error."""
    details = error.response["Error"]
    by_policy = "no identity-based policy allows" in details.get("Message", "")
    if details["Code"] in DENIALS and by_policy:
        return ""
    return f"failed with {details['Code']}: {details.get('Message', '')}"
