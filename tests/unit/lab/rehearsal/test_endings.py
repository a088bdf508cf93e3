"""What stays when a stack is deleted is told from what is gone, and from a refusal."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from lab.rehearsal import endings
from lab.rehearsal.data import Data
from lab.rehearsal.leaves import MISSING
from lab.rehearsal.ledger import Ledger
from lab.rehearsal.properties import Declared
from lab.rehearsal.readers import Resource
from lab.rehearsal.stage import Stage
from local.emulator.clients import Clients
from local.template import Json

TABLE = Resource("UsersTable", "AWS::DynamoDB::Table", "t", {})
ROLE = Resource("UsersRole", "AWS::IAM::Role", "r", {})
STACK = Declared("s", (TABLE, ROLE), {})


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(endings, "_delete", lambda *_: "it is imported")
    monkeypatch.setattr(Data, "__post_init__", lambda _: None)
    monkeypatch.setattr(Data, "in_tables", lambda _: None)
    return Stage(Clients("http://127.0.0.1:1"), {}, tmp_path, 1, Ledger(()))


def after_deletion(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, found: dict[str, Json]
) -> list[str]:
    """Delete both stacks; return the faults of the two."""
    monkeypatch.setattr(endings, "read", lambda one, _: found[one.logical_id])
    endings.delete_both(stage, STACK, STACK, Data(stage))
    return sorted({fault.rpartition(": ")[2] for fault in stage.faults})


def test_a_table_that_stays_and_a_role_that_is_gone_are_right(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {"UsersTable": {"BillingMode": "b"}, "UsersRole": {}}

    assert after_deletion(stage, monkeypatch, found) == []


def test_a_table_that_is_gone_and_a_role_that_stays_are_faults(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {"UsersTable": {}, "UsersRole": {"Path": "/"}}

    assert after_deletion(stage, monkeypatch, found) == [
        "UsersTable is gone, UsersRole is there"
    ]


def test_what_nothing_reads_nobody_saw_go(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {"UsersTable": {"BillingMode": "b"}, "UsersRole": MISSING}

    assert after_deletion(stage, monkeypatch, found) == ["UsersRole is there"]


def test_a_refusal_is_no_proof_that_a_resource_is_gone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Json:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetRole")

    monkeypatch.setattr(endings, "read", refuse)

    with pytest.raises(ClientError, match="AccessDenied"):
        endings.delete_both(stage, STACK, STACK, Data(stage))
