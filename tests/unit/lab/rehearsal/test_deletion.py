"""What stays when a stack is deleted is told from what is gone, and from a refusal."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from lab.rehearsal.deletion import check_policies
from lab.rehearsal.environment import Environment
from lab.rehearsal.flatten import MISSING
from lab.rehearsal.known_gaps import KnownGaps
from lab.rehearsal.properties import DeclaredStack
from lab.rehearsal.readers import Resource
from local.emulator.clients import Clients
from local.template import Json

TABLE = Resource("UsersTable", "AWS::DynamoDB::Table", "t", {})
ROLE = Resource("UsersRole", "AWS::IAM::Role", "r", {})
STACK = DeclaredStack("s", (TABLE, ROLE), {})


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(Clients("http://127.0.0.1:1"), {}, tmp_path, 1, KnownGaps(()))


def after_deletion(environment: Environment, found: dict[str, Json]) -> list[str]:
    """Return the faults of a deleted stack of which this is found."""
    check_policies(environment, STACK, lambda one, _: found[one.logical_id])
    return [fault.rpartition(": ")[2] for fault in environment.faults]


def test_a_table_that_stays_and_a_role_that_is_gone_are_right(
    environment: Environment,
) -> None:
    found = {"UsersTable": {"BillingMode": "b"}, "UsersRole": {}}

    assert after_deletion(environment, found) == []


def test_a_table_that_is_gone_and_a_role_that_stays_are_faults(
    environment: Environment,
) -> None:
    found = {"UsersTable": {}, "UsersRole": {"Path": "/"}}

    assert after_deletion(environment, found) == [
        "UsersTable is gone, UsersRole is there"
    ]


def test_what_nothing_reads_nobody_saw_go(environment: Environment) -> None:
    found = {"UsersTable": {"BillingMode": "b"}, "UsersRole": MISSING}

    assert after_deletion(environment, found) == ["UsersRole is there"]


def test_a_refusal_is_no_proof_that_a_resource_is_gone(
    environment: Environment,
) -> None:
    def refuse(*_: object) -> Json:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetRole")

    with pytest.raises(ClientError, match="AccessDenied"):
        check_policies(environment, STACK, refuse)
