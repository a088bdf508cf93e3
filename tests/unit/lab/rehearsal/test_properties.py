"""Every single value gets a verdict, and none is called fine that was not seen."""

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
    """What a cloud holds that holds everything, but for these fields of the table."""
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


def test_what_is_as_the_template_says_is_held() -> None:
    judged = verdicts(state(), state())

    assert {one.verdict for one in judged.values()} == {PropertyVerdict.MATCHES}
    assert len(judged) == len(flatten(TABLE)) + len(KEEPS) + 1


def test_another_attribute_that_records_expire_by_is_red() -> None:
    other = state(TimeToLiveSpecification=EXPIRES_OTHERWISE)

    judged = verdicts(other, other)

    assert faults(judged) == {f"UsersTable/{TTL}": PropertyVerdict.LOST}
    found = judged[f"UsersTable/{TTL}"]
    assert (found.wanted, found.found) == ("ttl", "expiresAt")


def test_keys_in_another_order_are_red() -> None:
    indexes = copy.deepcopy(TABLE["GlobalSecondaryIndexes"])
    indexes[1]["KeySchema"].reverse()
    other = state(GlobalSecondaryIndexes=indexes)

    assert set(faults(verdicts(other, other)).values()) == {PropertyVerdict.LOST}


def test_what_was_not_read_is_unexamined_and_red() -> None:
    blind = state(TimeToLiveSpecification=None)

    assert faults(verdicts(blind, blind)) == {
        f"UsersTable/{TTL}": PropertyVerdict.UNEXAMINED,
        "UsersTable/TimeToLiveSpecification/Enabled": PropertyVerdict.UNEXAMINED,
    }


def test_of_what_is_gone_every_value_is_lost() -> None:
    gone: State = {**state(), "UsersTable": {}}

    entry = KnownGap("*Table/TimeToLiveSpecification/*", "it forgets it")
    judged = verdicts(state(), gone, entry)

    lost = {
        one.verdict for name, one in judged.items() if name.startswith("UsersTable/")
    }
    assert lost == {PropertyVerdict.LOST}
    assert len(faults(judged)) == len(flatten(TABLE)) + len(KEEPS)


@pytest.mark.parametrize(
    ("held", "read"),
    [({}, {}), ({"BillingMode": "b"}, {"BillingMode": "b", **KEEPS})],
)
def test_policies_are_read_of_what_stands(held: Json, read: Json) -> None:
    kept = {"UsersTable": {"Type": "AWS::DynamoDB::Table", **KEEPS}}

    found = state_of({"UsersTable": held}, kept, {"Description": "d"})

    assert found == {"UsersTable": read, "Stack": {"Description": "d"}}


def test_a_type_that_nothing_reads_is_unexamined_even_with_no_properties() -> None:
    bare = DeclaredStack("s", (Resource("Q", "AWS::SQS::Queue", "q", {}),), {"D": "d"})
    found = {"Q": flatten(MISSING), "Stack": {"D": "d"}}

    judged = verdicts(found, found, declared=bare)

    assert faults(judged) == {"Q/": PropertyVerdict.UNEXAMINED}


@pytest.mark.parametrize("kept", [None, "Delete"])
def test_a_policy_that_cloudformation_has_not_kept_is_lost(kept: str | None) -> None:
    other = state(UpdateReplacePolicy=kept)

    judged = verdicts(other, other)

    assert faults(judged) == {"UsersTable/UpdateReplacePolicy": PropertyVerdict.LOST}


def test_what_stands_only_with_what_was_applied_passes_and_is_reported() -> None:
    judged = verdicts(state(TimeToLiveSpecification=None), state())

    assert judged[f"UsersTable/{TTL}"].verdict is PropertyVerdict.APPLIED
    assert faults(judged) == {}


def test_what_applying_the_rest_spoiled_is_red() -> None:
    judged = verdicts(state(), state(BillingMode="PROVISIONED"))

    assert faults(judged) == {"UsersTable/BillingMode": PropertyVerdict.LOST}


def test_what_the_ledger_names_is_not_emulated_with_its_cause() -> None:
    blind = state(TimeToLiveSpecification=None)
    entry = KnownGap("*Table/TimeToLiveSpecification/*", "it forgets it")

    judged = verdicts(blind, blind, entry)

    found = judged[f"UsersTable/{TTL}"]
    assert (found.verdict, found.cause) == (
        PropertyVerdict.NOT_EMULATED,
        "it forgets it",
    )
    assert faults(judged) == {}


def test_an_entry_whose_property_is_held_by_now_is_stale() -> None:
    known_gaps = KnownGaps(
        (KnownGap("*Table/TimeToLiveSpecification/*", "it forgets it"),)
    )

    judge(DECLARED, state(), state(), known_gaps)

    assert known_gaps.stale() == list(known_gaps.entries)


def test_what_nobody_asked_for_is_red_and_no_entry_excuses_it() -> None:
    more = state(StreamSpecification={"StreamViewType": "KEYS_ONLY"})
    entry = KnownGap("*Table/StreamSpecification/*", "it streams")

    assert faults(verdicts(more, more, entry)) == {
        "UsersTable/StreamSpecification/StreamViewType": PropertyVerdict.SURPLUS
    }


def test_a_resource_that_a_condition_leaves_out_and_stands_is_red() -> None:
    beside = DeclaredStack(
        "s", DECLARED.resources, DECLARED.facts, frozenset({"Other"})
    )

    assert faults(verdicts(state(), state(), declared=beside)) == {
        "Other/": PropertyVerdict.SURPLUS
    }


def test_marks_are_counted_one_by_one() -> None:
    judged = judge(DECLARED, state(), state(BillingMode="x"), KnownGaps(()))

    verdicts = counts(judged)

    assert verdicts[PropertyVerdict.LOST] == 1
    assert verdicts.total() == len(judged)


def test_what_is_said_to_sam_and_seen_nowhere_is_unexamined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    template = copy.deepcopy(TEMPLATE)
    template["Globals"]["Function"]["Layers"] = ["l"]
    monkeypatch.setattr(properties, "load", lambda: template)

    assert faults(verdicts(state(), state())) == {
        "UsersFunction/Layers": PropertyVerdict.UNEXAMINED,
        "AssetsFunction/Layers": PropertyVerdict.UNEXAMINED,
    }
