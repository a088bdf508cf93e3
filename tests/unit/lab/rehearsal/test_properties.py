"""Every single value gets a verdict, and a value that was not read does not pass."""

from __future__ import annotations

import copy

import pytest

from lab.rehearsal import properties
from lab.rehearsal.flatten import MISSING, flatten
from lab.rehearsal.known_gaps import KnownGap, KnownGaps
from lab.rehearsal.properties import (
    DeclaredStack,
    Property,
    PropertyVerdict,
    State,
    counts,
    judge,
    state_of,
)
from lab.rehearsal.readers import Resource
from local.template import Json, load

TEMPLATE = load()
TABLE = TEMPLATE["Resources"]["UsersTable"]["Properties"]
KEEPS = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
EXPIRES_OTHERWISE = {"AttributeName": "expiresAt", "Enabled": True}
TTL = "TimeToLiveSpecification/AttributeName"
DECLARED = DeclaredStack(
    stack="s",
    resources=(Resource("UsersTable", "AWS::DynamoDB::Table", "t", TABLE, KEEPS),),
    facts={"Description": "d"},
    deployed=frozenset({"UsersTable"}),
)


def state(**changes: Json) -> State:
    """The state of a cloud that matches, except for these fields of the table."""
    fields = {**copy.deepcopy(TABLE), **KEEPS, **changes}
    present = {name: one for name, one in fields.items() if one is not None}
    return {"UsersTable": flatten(present), "Stack": {"Description": "d"}}


def verdicts(
    before: State, after: State, *entries: KnownGap, declared: DeclaredStack = DECLARED
) -> dict[str, Property]:
    judged = judge(declared, before, after, KnownGaps(entries))
    return {one.name: one for one in judged}


def faults(judged: dict[str, Property]) -> dict[str, PropertyVerdict]:
    return {name: one.verdict for name, one in judged.items() if one.verdict.fault}


def test_values_of_the_template_match() -> None:
    judged = verdicts(state(), state())

    assert {one.verdict for one in judged.values()} == {PropertyVerdict.MATCHES}
    assert len(judged) == len(flatten(TABLE)) + len(KEEPS) + 1


def test_another_ttl_attribute_is_a_fault() -> None:
    other = state(TimeToLiveSpecification=EXPIRES_OTHERWISE)

    judged = verdicts(other, other)

    assert faults(judged) == {f"UsersTable/{TTL}": PropertyVerdict.LOST}
    found = judged[f"UsersTable/{TTL}"]
    assert (found.wanted, found.found) == ("ttl", "expiresAt")


def test_keys_in_another_order_are_a_fault() -> None:
    indexes = copy.deepcopy(TABLE["GlobalSecondaryIndexes"])
    indexes[1]["KeySchema"].reverse()
    other = state(GlobalSecondaryIndexes=indexes)

    assert set(faults(verdicts(other, other)).values()) == {PropertyVerdict.LOST}


def test_values_that_were_not_read_are_unexamined_and_a_fault() -> None:
    blind = state(TimeToLiveSpecification=None)

    assert faults(verdicts(blind, blind)) == {
        f"UsersTable/{TTL}": PropertyVerdict.UNEXAMINED,
        "UsersTable/TimeToLiveSpecification/Enabled": PropertyVerdict.UNEXAMINED,
    }


def test_every_value_of_a_missing_resource_is_lost() -> None:
    gone: State = {**state(), "UsersTable": {}}

    entry = KnownGap("*Table/TimeToLiveSpecification/*", "it forgets it")
    judged = verdicts(state(), gone, entry)

    lost = {
        one.verdict for name, one in judged.items() if name.startswith("UsersTable/")
    }
    assert lost == {PropertyVerdict.LOST}
    assert len(faults(judged)) == len(flatten(TABLE)) + len(KEEPS)


@pytest.mark.parametrize(
    ("read", "state"),
    [({}, {}), ({"BillingMode": "b"}, {"BillingMode": "b", **KEEPS})],
)
def test_policies_are_read_only_of_existing_resources(read: Json, state: Json) -> None:
    kept = {"UsersTable": {"Type": "AWS::DynamoDB::Table", **KEEPS}}

    found = state_of({"UsersTable": read}, kept, {"Description": "d"})

    assert found == {"UsersTable": state, "Stack": {"Description": "d"}}


def test_a_type_without_a_reader_is_unexamined_even_without_properties() -> None:
    bare = DeclaredStack("s", (Resource("Q", "AWS::SQS::Queue", "q", {}),), {"D": "d"})
    found = {"Q": flatten(MISSING), "Stack": {"D": "d"}}

    judged = verdicts(found, found, declared=bare)

    assert faults(judged) == {"Q/": PropertyVerdict.UNEXAMINED}


@pytest.mark.parametrize("kept", [None, "Delete"])
def test_a_policy_that_cloudformation_did_not_store_is_lost(kept: str | None) -> None:
    other = state(UpdateReplacePolicy=kept)

    judged = verdicts(other, other)

    assert faults(judged) == {"UsersTable/UpdateReplacePolicy": PropertyVerdict.LOST}


def test_a_value_that_was_applied_afterwards_is_no_fault() -> None:
    judged = verdicts(state(TimeToLiveSpecification=None), state())

    assert judged[f"UsersTable/{TTL}"].verdict is PropertyVerdict.APPLIED
    assert faults(judged) == {}


def test_a_value_that_changed_afterwards_is_a_fault() -> None:
    judged = verdicts(state(), state(BillingMode="PROVISIONED"))

    assert faults(judged) == {"UsersTable/BillingMode": PropertyVerdict.LOST}


def test_a_known_gap_is_not_emulated_with_its_cause() -> None:
    blind = state(TimeToLiveSpecification=None)
    entry = KnownGap("*Table/TimeToLiveSpecification/*", "it forgets it")

    judged = verdicts(blind, blind, entry)

    found = judged[f"UsersTable/{TTL}"]
    assert (found.verdict, found.cause) == (
        PropertyVerdict.NOT_EMULATED,
        "it forgets it",
    )
    assert faults(judged) == {}


def test_a_known_gap_whose_property_matches_is_stale() -> None:
    known_gaps = KnownGaps(
        (KnownGap("*Table/TimeToLiveSpecification/*", "it forgets it"),)
    )

    judge(DECLARED, state(), state(), known_gaps)

    assert known_gaps.stale() == list(known_gaps.entries)


def test_an_undeclared_value_is_a_fault_even_if_a_known_gap_matches() -> None:
    more = state(StreamSpecification={"StreamViewType": "KEYS_ONLY"})
    entry = KnownGap("*Table/StreamSpecification/*", "it streams")

    assert faults(verdicts(more, more, entry)) == {
        "UsersTable/StreamSpecification/StreamViewType": PropertyVerdict.SURPLUS
    }


def test_a_deployed_resource_that_a_condition_leaves_out_is_a_fault() -> None:
    other = DeclaredStack("s", DECLARED.resources, DECLARED.facts, frozenset({"Other"}))

    assert faults(verdicts(state(), state(), declared=other)) == {
        "Other/": PropertyVerdict.SURPLUS
    }


def test_marks_are_counted_one_by_one() -> None:
    judged = judge(DECLARED, state(), state(BillingMode="x"), KnownGaps(()))

    verdicts = counts(judged)

    assert verdicts[PropertyVerdict.LOST] == 1
    assert verdicts.total() == len(judged)


def test_an_unmapped_property_of_a_sam_type_is_unexamined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    template = copy.deepcopy(TEMPLATE)
    template["Globals"]["Function"]["Layers"] = ["l"]
    monkeypatch.setattr(properties, "load", lambda: template)

    assert faults(verdicts(state(), state())) == {
        "UsersFunction/Layers": PropertyVerdict.UNEXAMINED,
        "AssetsFunction/Layers": PropertyVerdict.UNEXAMINED,
    }
