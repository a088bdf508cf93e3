"""After a deletion, each resource must be retained or deleted as its policy says."""

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
    """Return the faults of a deleted stack whose resources read as `found`."""
    check_policies(environment, STACK, lambda one, _: found[one.logical_id])
    return [fault.rpartition(": ")[2] for fault in environment.faults]


def test_a_retained_table_and_a_deleted_role_are_no_fault(
    environment: Environment,
) -> None:
    found = {"UsersTable": {"BillingMode": "b"}, "UsersRole": {}}

    assert after_deletion(environment, found) == []


def test_a_deleted_table_and_a_retained_role_are_faults(
    environment: Environment,
) -> None:
    found = {"UsersTable": {}, "UsersRole": {"Path": "/"}}

    assert after_deletion(environment, found) == [
        "UsersTable is deleted, UsersRole is retained"
    ]


def test_a_resource_without_a_reader_counts_as_retained(
    environment: Environment,
) -> None:
    found = {"UsersTable": {"BillingMode": "b"}, "UsersRole": MISSING}

    assert after_deletion(environment, found) == ["UsersRole is retained"]


def test_an_access_error_does_not_prove_a_deletion(
    environment: Environment,
) -> None:
    def refuse(*_: object) -> Json:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetRole")

    with pytest.raises(ClientError, match="AccessDenied"):
        check_policies(environment, STACK, refuse)
