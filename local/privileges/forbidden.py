"""Calls that no role may make, each made with the role's own session credentials."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import yaml
from botocore.config import Config
from botocore.exceptions import ClientError

from local.cloud import REGION
from local.deploy import credentials
from local.privileges.stack import STACK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.clients import Clients

Json = Any
FORBIDDEN = Path(__file__).with_name("forbidden.yaml")
OTHER = {"Users": "Assets", "Assets": "Users"}


def tried(function: str, clients: Clients) -> Iterator[tuple[str, str]]:
    """Make every forbidden call of a function; yield each and what became of it.

    "" where it was denied, else "allowed" or the other error it met: that does not
    show a refusal either.
    """
    session = _session(function, clients)
    names = _names(function, clients)
    for one in yaml.safe_load(FORBIDDEN.read_text("utf-8"))[function]:
        client = session.client(
            one["service"],
            endpoint_url=clients.endpoint,
            config=Config(proxies={}, retries={"total_max_attempts": 1}),
        )
        given = filled(one["with"], names)
        words = f"{one['service']} {one['call']} {json.dumps(given)}"
        yield words, _outcome(client, one["call"], given)


def _session(function: str, clients: Clients) -> boto3.Session:
    name = f"{STACK}-{function.lower()}"
    held = clients.of("lambda").get_function(FunctionName=name)["Configuration"]
    given = credentials(held["Role"], clients)
    return boto3.Session(
        aws_access_key_id=given.access_key_id,
        aws_secret_access_key=given.secret_access_key,
        aws_session_token=given.session_token,
        region_name=REGION,
    )


def _names(function: str, clients: Clients) -> dict[str, str]:
    answer = clients.of("cloudformation").describe_stacks(StackName=STACK)
    outputs = {
        one["OutputKey"]: one["OutputValue"] for one in answer["Stacks"][0]["Outputs"]
    }
    return {
        "{own}": outputs[f"{function}Table"],
        "{other}": outputs[f"{OTHER[function]}Table"],
        "{bucket}": outputs["AssetsBucket"],
    }


def filled(parameters: Mapping[str, Json], names: Mapping[str, str]) -> dict[str, Json]:
    """Return a call's parameters with the stack's own names in them."""
    return {
        key: names.get(value, value) if isinstance(value, str) else value
        for key, value in parameters.items()
    }


def _outcome(client: Any, call: str, given: Mapping[str, Json]) -> str:
    try:
        getattr(client, call)(**given)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        denied = code in {"AccessDenied", "AccessDeniedException"}
        return "" if denied else f"met {code}"
    return "allowed"
