from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contract.plugin.effects import arrived
from contract.plugin.keys import asset_key, idempotency_key, user_key
from contract.suite import rules
from tests.unit.suite.made import (
    ITEM,
    NEW,
    OLD,
    RECEIVED,
    SENT,
    exchange,
    observed,
)

if TYPE_CHECKING:
    from contract.suite.observation import Observation


READ = observed(exchange(before={user_key(OLD): ITEM}))
PUT = observed(exchange("PUT", before={user_key(OLD): ITEM}))
CREATED = observed(exchange("POST", 201), key=user_key(NEW), requested_id=None)
BLIND = observed(exchange())


@pytest.mark.parametrize(
    ("rule", "value", "of"),
    [
        (rules.identity, NEW, CREATED),
        (rules.identity, OLD, READ),
        (rules.identity, OLD, replace(READ, requested_id=None)),
        (rules.time_of_id, SENT - 60_000, READ),
        (rules.time_of_id, 1, replace(READ, document={})),
        (rules.time_of_write, SENT - 60_000, READ),
        (rules.time_of_write, SENT, PUT),
        (rules.time_of_write, RECEIVED, BLIND),
        (rules.version, 1, CREATED),
        (rules.version, 3, READ),
        (rules.version, 4, PUT),
        (rules.version, 9, BLIND),
        (rules.write_id, 32 * "b", PUT),
        (rules.write_id, 32 * "a", READ),
        (rules.write_id, 32 * "c", BLIND),
        (rules.ttl, 3, replace(READ, document={"expiresAt": 2001})),
        (rules.list_shard, 0, READ),
        (rules.list_shard, 7, replace(READ, resources=None)),
        (rules.bucket, "bucket", READ),
        (rules.bucket, "x", replace(READ, resources=None)),
        (rules.thirty_days, 2_592_000_005, replace(BLIND, document={"createdAt": 5})),
        (rules.thirty_days, 5, replace(BLIND, document={})),
        (
            rules.object_key,
            "assets/A/f",
            replace(BLIND, document={"assetId": "A", "fileName": "f"}),
        ),
        (rules.one_day, 86_400_001, replace(BLIND, document={"createdAt": 1})),
        (rules.one_day, 1, replace(BLIND, document={})),
    ],
)
def test_rule_holds(rule: rules.Rule, value: object, of: Observation) -> None:
    assert rule(value, of) == ""


@pytest.mark.parametrize(
    ("rule", "value", "of", "expected"),
    [
        (rules.identity, "x", READ, "a ULID"),
        (rules.identity, OLD, CREATED, "a ULID made during the exchange"),
        (rules.identity, NEW, READ, repr(OLD)),
        (
            rules.identity,
            OLD,
            replace(CREATED, key=user_key(OLD)),
            "an id that was not there before",
        ),
        (rules.time_of_id, SENT, READ, str(SENT - 60_000)),
        (rules.time_of_write, SENT, READ, str(SENT - 60_000)),
        (rules.time_of_write, SENT - 1, PUT, f"a time from {SENT} to {RECEIVED}"),
        (
            rules.time_of_write,
            RECEIVED + 1,
            BLIND,
            f"a time from createdAt to {RECEIVED}",
        ),
        (rules.time_of_write, True, PUT, f"a time from {SENT} to {RECEIVED}"),
        (rules.version, 3, PUT, "4"),
        (rules.version, 3.0, READ, "3"),
        (rules.version, 0, BLIND, "1 or more"),
        (rules.write_id, 32 * "A", READ, "32 lower-case hexadecimal digits"),
        (rules.write_id, 32 * "a", PUT, "a writeId other than before"),
        (rules.write_id, 32 * "b", READ, repr(32 * "a")),
        (rules.ttl, 2, replace(READ, document={"expiresAt": 2001}), "3"),
        (rules.ttl, 2, replace(READ, document={}), "no ttl"),
        (rules.list_shard, 1, READ, "0"),
    ],
)
def test_rule_does_not_hold(
    rule: rules.Rule, value: object, of: Observation, expected: str
) -> None:
    assert rule(value, of) == expected


def test_repeat_under_a_key_may_answer_the_same_id() -> None:
    made = exchange("POST", 201)
    request = replace(made.request, headers=(("Idempotency-Key", "k"),))
    repeat = observed(replace(made, request=request), requested_id=None)

    assert rules.identity(OLD, repeat) == ""
    first = replace(repeat, earlier=frozenset())
    assert rules.identity(OLD, first) == "a ULID made during the exchange"


def test_what_a_key_was_first_used_for_stays() -> None:
    key = idempotency_key("createUser", "k")
    kept = {"bodySha256": "x", "createdAt": 5, "expiresAt": RECEIVED + 1}
    known = observed(exchange(before={key: kept}), key=key)
    expired = observed(exchange(before={key: {**kept, "expiresAt": 1}}), key=key)

    assert rules.body_digest("x", known) == ""
    assert rules.body_digest("y", known) == "'x'"
    assert rules.time_of_first_request(5, known) == ""
    assert rules.time_of_first_request(5, expired) != ""
    assert rules.body_digest("x", expired).startswith("'e3b0c442")


def test_asset_keeps_its_key_and_its_end() -> None:
    key = asset_key(OLD)
    kept = {"s3Key": "assets/x", "expiresAt": 7, "status": "pending"}
    known = observed(exchange(before={key: kept}), key=key)

    assert rules.object_key("assets/x", known) == ""
    assert rules.thirty_days(7, known) == ""
    assert not arrived(kept, kept)
    assert arrived(kept, {**kept, "status": "uploaded"})
