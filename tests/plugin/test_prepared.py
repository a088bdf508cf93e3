from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.plugin.fake_http import serving
from tests.plugin.fake_service import Fake
from twinproof.cases.model import Case
from twinproof.contract.openapi import Contract
from twinproof.errors import DataUnreachable, TargetUnreachable, UsageError
from twinproof.run.selection import NOT_SERVED, why_not
from twinproof.stores.aws import AwsStore
from twinproof.targets import prepared as module
from twinproof.targets.prepared import prepare
from twinproof.targets.target import Target

OUTPUTS = {
    "UsersTable": "u",
    "AssetsTable": "a",
    "AssetsBucket": "b",
    "ListShards": "8",
    "UsersFunction": "users-fn",
    "AssetsFunction": "assets-fn",
    "UsersFunctionAlias": "arn:users",
    "AssetsFunctionAlias": "arn:assets",
    "MetricsNamespace": "ParityReferenceService/whole",
}


def write_stack(name: str, outputs: dict[str, str]) -> None:
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    client = boto3.client("cloudformation", region_name="us-east-1")
    client.create_stack(StackName=name, TemplateBody=json.dumps(template))


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        write_stack("whole", OUTPUTS)
        write_stack("part", {"UsersTable": "u"})
        write_stack(
            "shardless", {k: v for k, v in OUTPUTS.items() if k != "ListShards"}
        )
        write_stack("wrong", {**OUTPUTS, "ListShards": "many"})
        write_stack("short", {**OUTPUTS, "MinUserLifetimeSeconds": "5"})
        yield


def of_whole(address: str, endpoint: str) -> Target:
    """Return a target of the whole stack whose endpoint knows every function."""
    return Target("x", address, stack="whole", lambda_endpoint=endpoint)


@pytest.fixture
def url() -> Iterator[str]:
    with serving(Fake()) as base:
        yield base


@pytest.mark.usefixtures("aws")
def test_stores_are_read_from_the_stack(contract: Contract, url: str) -> None:
    prepared = prepare(Target("x", url, stack="whole", writes="any"), contract)

    assert isinstance(prepared.store, AwsStore)
    assert prepared.store.resources.stores["users"] == "u"
    assert prepared.store.resources.number("list-shards") == 8
    assert prepared.store.resources.number("min-lifetime-seconds") == 60
    assert prepared.may_write


@pytest.mark.usefixtures("aws")
def test_output_of_the_stack_replaces_a_default(contract: Contract, url: str) -> None:
    prepared = prepare(Target("x", url, stack="short"), contract)

    assert prepared.store
    assert prepared.store.resources.number("min-lifetime-seconds") == 5


@pytest.mark.usefixtures("aws")
def test_log_groups_are_those_of_the_stacks_functions(
    contract: Contract, url: str
) -> None:
    known = prepare(Target("x", url, stack="whole"), contract)
    unknown = prepare(Target("x", url), contract)

    assert known.logs is not None
    assert known.logs.groups == ["/aws/lambda/users-fn", "/aws/lambda/assets-fn"]
    assert (unknown.logs, unknown.no_logs) == (None, "no stack names the functions")


@pytest.mark.usefixtures("aws")
def test_namespace_of_the_metrics_comes_from_the_stack(
    contract: Contract, url: str
) -> None:
    prepared = prepare(Target("x", url, stack="whole"), contract)

    assert prepared.namespace == "ParityReferenceService/whole"


def test_target_without_stores_may_not_be_written_to(
    contract: Contract, url: str
) -> None:
    prepared = prepare(Target("x", url, writes="any"), contract)

    assert prepared.store is None
    assert prepared.no_store == "no stack is named"
    assert not prepared.may_write


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("stack", "reason"),
    [
        ("none", "stack none: "),
        ("part", "stack part has no Output AssetsTable"),
        ("shardless", "stack shardless has no Output ListShards"),
        ("wrong", "stack wrong: the Output ListShards is 'many', and no integer"),
    ],
)
def test_stack_that_cannot_be_read_ends_the_run(
    contract: Contract, url: str, stack: str, reason: str
) -> None:
    """Else most cases would be left out, and the run would look passed."""
    with pytest.raises(DataUnreachable, match=reason):
        prepare(Target("x", url, stack=stack, writes="any"), contract)


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("address", "functions", "served"),
    [
        ("lambda:", {"assets": "arn:assets", "users": "arn:users"}, None),
        ("lambda:users-fn", {"": "users-fn"}, "users"),
        ("lambda:arn:assets", {"": "arn:assets"}, "assets"),
        ("lambda:other", {"": "other"}, None),
    ],
)
def test_functions_come_from_the_address_or_the_stack(
    contract: Contract,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    address: str,
    functions: dict[str, str],
    served: str | None,
) -> None:
    made: list[Any] = []
    monkeypatch.setattr(module, "Invoke", lambda *parts: made.append(parts))

    prepared = prepare(of_whole(address, url), contract)

    assert made[0][1] == functions
    assert prepared.function_of == served


@pytest.mark.usefixtures("aws")
def test_one_function_serves_its_own_routes(
    contract: Contract, url: str, cases: tuple[Case, ...]
) -> None:
    prepared = prepare(of_whole("lambda:users-fn", url), contract)

    served = {
        case.call.operation
        for case in cases
        if why_not(case, prepared, contract) != NOT_SERVED
    }
    assert {"createUser", "getHealth"} < served
    assert not {name for name in served if "Asset" in name}


@pytest.mark.usefixtures("aws")
def test_lambda_without_functions_needs_a_stack(contract: Contract) -> None:
    with pytest.raises(UsageError, match="needs a stack's Output"):
        prepare(Target("x", "lambda:"), contract)


def test_unserved_endpoint_is_an_error(contract: Contract) -> None:
    target = Target("x", "lambda:f", lambda_endpoint="http://127.0.0.1:1")

    with pytest.raises(TargetUnreachable, match=r"127\.0\.0\.1:1"):
        prepare(target, contract)


def test_unknown_host_is_an_error(contract: Contract) -> None:
    with pytest.raises(TargetUnreachable, match=r"nowhere\.invalid"):
        prepare(Target("x", "https://nowhere.invalid"), contract)


def test_local_endpoint_gets_the_emulators_credentials(
    contract: Contract, url: str
) -> None:
    target = Target("x", url, stack="s", endpoint=url)

    with pytest.raises(DataUnreachable, match=r"^stack s: ") as caught:
        prepare(target, contract)

    assert "credentials" not in str(caught.value)


@pytest.mark.usefixtures("aws")
def test_missing_function_is_an_error(contract: Contract) -> None:
    with pytest.raises(TargetUnreachable, match="there is no function nosuch"):
        prepare(Target("x", "lambda:nosuch"), contract)
