"""A prepared target: its driver, store and logs, and whether it may be written to."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from twinproof.contract.config import FILE, Config, Output
from twinproof.contract.openapi import Contract
from twinproof.errors import DataUnreachable, TargetUnreachable, UsageError
from twinproof.exchange.aws_errors import AWS_ERRORS, BotoCoreError, ClientError
from twinproof.exchange.drivers import Driver, Http, Invoke
from twinproof.stores.aws import AwsStore, Store
from twinproof.stores.resources import Resources
from twinproof.targets.logs import LogReader
from twinproof.targets.target import LAMBDA, NONE, Target, is_loopback

CONNECT_SECONDS = 3
WORKERS = 8
ALIAS = "Alias"
"""The suffix of a function's Output that names its alias."""


@dataclass(frozen=True)
class PreparedTarget:
    """A target with its clients."""

    target: Target
    driver: Driver
    store: Store | None
    no_store: str = ""
    """Why there is no store."""
    function_of: str | None = None
    """The contract's name of the one function behind it; None: all of them."""
    logs: LogReader | None = None
    no_logs: str = ""
    """Why its log groups are unknown."""
    namespace: str | None = None
    """The namespace of its metrics, if the stack names one."""

    @property
    def may_write(self) -> bool:
        """Say whether records may be set up, created and removed."""
        return self.store is not None and self.target.writes != NONE


def prepare(target: Target, contract: Contract) -> PreparedTarget:
    """Prepare a target.

    Raises `TargetUnreachable` if nothing answers, and `DataUnreachable` if a stack is
    named but cannot be read: else most cases would be left out and the run would pass.
    """
    outputs: Mapping[str, str] = {}
    store: Store | None = None
    if target.stack:
        outputs = stack_outputs(target, target.stack)
        store = _store(target, contract.config, outputs)
    driver = _driver(target, contract, outputs)
    served = _served(target, contract.config, outputs)
    no_store = "" if store else "no stack is named"
    logs = _logs(target, contract.config, outputs)
    no_logs = "" if logs else "no stack names the functions"
    namespace = outputs.get(contract.config.namespace)
    return PreparedTarget(
        target, driver, store, no_store, served, logs, no_logs, namespace
    )


def stack_outputs(target: Target, stack: str) -> dict[str, str]:
    """Return a CloudFormation stack's Outputs; raise `DataUnreachable`."""
    client: Any = _client("cloudformation", target, target.endpoint)
    try:
        reply = client.describe_stacks(StackName=stack)
    except AWS_ERRORS as error:
        raise DataUnreachable(f"stack {stack}: {error}") from None
    outputs = reply["Stacks"][0].get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}


def _store(target: Target, config: Config, outputs: Mapping[str, str]) -> Store:
    named = {name: entry.output for name, entry in config.stores.items()}
    facts = config.outputs.values()
    needed = [*named.values(), *(each.output for each in facts if each.default is None)]
    missing = [name for name in needed if name and name not in outputs]
    if missing:
        raise DataUnreachable(f"stack {target.stack} has no Output {missing[0]}")
    resources = Resources(
        {
            name: outputs.get(named[name], each.name)
            for name, each in config.stores.items()
        },
        {name: _fact(target, each, outputs) for name, each in config.outputs.items()},
    )
    dynamodb: Any = _client("dynamodb", target, target.endpoint)
    s3: Any = _client("s3", target, target.endpoint)
    return AwsStore(config.stores, resources, dynamodb, s3)


def _fact(target: Target, entry: Output, outputs: Mapping[str, str]) -> int | str:
    """Return a stack's value, or the default."""
    value = outputs.get(entry.output)
    if value is None:
        assert entry.default is not None  # noqa: S101 - it would be missing
        return entry.default
    try:
        return int(value) if entry.type == "integer" else value
    except ValueError:
        what = f"the Output {entry.output} is {value!r}, and no integer"
        raise DataUnreachable(f"stack {target.stack}: {what}") from None


def _driver(target: Target, contract: Contract, outputs: Mapping[str, str]) -> Driver:
    if not target.is_lambda:
        _connect(target, target.url)
        return Http(target.url)
    if target.invoke_endpoint:
        _connect(target, target.invoke_endpoint)
    client: Any = _client("lambda", target, target.invoke_endpoint)
    functions = _functions(target, contract.config, outputs)
    for name in functions.values():
        _find(target, client, name)
    return Invoke(client, functions, contract)


def _find(target: Target, client: Any, function: str) -> None:
    """Raise `TargetUnreachable` if the function does not exist or cannot be reached."""
    try:
        client.invoke(FunctionName=function, InvocationType="DryRun")
    except ClientError as error:
        # Emulators without DryRun answer with other codes.
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            raise TargetUnreachable(
                target.name, target.url, f"there is no function {function}"
            ) from None
    except BotoCoreError as error:
        reason = " ".join(str(error).split())
        raise TargetUnreachable(target.name, target.url, reason) from None


def _functions(
    target: Target, config: Config, outputs: Mapping[str, str]
) -> dict[str, str]:
    """Return the functions to invoke, by the contract's names; "": the only one."""
    name = target.url.removeprefix(LAMBDA)
    if name:
        return {"": name}
    if not config.functions:
        what = f"{FILE} has no [functions]; say lambda:FUNCTION"
        raise UsageError(f"target {target.name}: lambda: {what}")
    try:
        return {
            name: outputs[f"{function.output}{ALIAS}"]
            for name, function in config.functions.items()
        }
    except KeyError as error:
        raise UsageError(
            f"target {target.name}: lambda: needs a stack's Output {error.args[0]}"
        ) from None


def _logs(
    target: Target, config: Config, outputs: Mapping[str, str]
) -> LogReader | None:
    """Return a reader of the log groups that Lambda writes each function's lines to."""
    names = [function.output for function in config.functions.values()]
    functions = [outputs[name] for name in names if name in outputs]
    if not functions or config.logs is None:
        return None
    client: Any = _client("logs", target, target.invoke_endpoint)
    return LogReader(client, [f"/aws/lambda/{name}" for name in functions], config.logs)


def _served(target: Target, config: Config, outputs: Mapping[str, str]) -> str | None:
    """Return the contract's name of the named function, if the stack knows it."""
    called = target.url.removeprefix(LAMBDA)
    for name, function in config.functions.items():
        outs = (function.output, f"{function.output}{ALIAS}")
        if target.is_lambda and called and called in map(outputs.get, outs):
            return name
    return None


def _connect(target: Target, address: str) -> None:
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), CONNECT_SECONDS):
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        raise TargetUnreachable(target.name, address, reason) from None


def _client(service: str, target: Target, endpoint: str | None) -> object:
    """Return a botocore client, for a local endpoint with the emulator's credentials.

    Raises `UsageError` if botocore is not installed; targets by URL do not need it.
    """
    try:
        from botocore.config import Config as ClientConfig  # noqa: PLC0415
    except ImportError:
        what = f"target {target.name} needs boto3, which is not installed; install it"
        raise UsageError(what) from None
    more: dict[str, Any] = {}
    if endpoint and is_loopback(endpoint):
        more = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    # Retries are safe here: every item is written whole, by key.
    # An invocation is not retried: that would be a second request.
    attempts = 1 if service in ("lambda", "logs") else 4
    config = ClientConfig(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=35,
        # A proxy cannot reach this machine.
        proxies={} if endpoint and is_loopback(endpoint) else None,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=2 * WORKERS,
        s3={"addressing_style": "path"} if endpoint else {},
    )
    return session().create_client(
        service,
        region_name=target.region,
        endpoint_url=endpoint,
        config=config,
        **more,
    )


@cache
def session() -> Any:
    """Return the only session: each session reads the service models anew."""
    from botocore.session import Session  # noqa: PLC0415

    return Session()
