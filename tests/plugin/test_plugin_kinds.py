"""The kinds of this service: their expected values and their canonical forms."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from contract.plugin.keys import asset_key, idempotency_key, user_key
from contract.plugin.kinds import kinds_of
from tests.plugin.conftest import CONTRACT
from tests.plugin.made import ITEM, NEW, OLD, RECEIVED, SENT, exchange, observed
from twinproof.cases.language import OwnText
from twinproof.contract.openapi import Contract
from twinproof.domain.forms import kind_of
from twinproof.domain.kinds import as_is
from twinproof.domain.names import Names
from twinproof.domain.observation import Observation
from twinproof.domain.tool_kinds import CaseTime, tool_kinds
from twinproof.files import read_yaml

READ = observed(exchange(before={user_key(OLD): ITEM}))
PUT = observed(exchange("PUT", before={user_key(OLD): ITEM}))
CREATED = observed(exchange("POST", 201), key=user_key(NEW), requested_id=None)
BLIND = observed(exchange())
CONFIG = Contract(CONTRACT).config
PATHS = {
    "one-day": "expiresAt",
    "thirty-days": "expiresAt",
    "time-of-write": "updatedAt",
    "ttl": "ttl",
    "version": "version",
    "write-id": "writeId",
}
"""By name, where the kinds that volatile.yaml describes are used."""
DESCRIBED = {
    name: kind_of(name, entry, PATHS[name])
    for name, entry in read_yaml(CONTRACT / "volatile.yaml")["kinds"].items()
}
KINDS = {**tool_kinds(CONFIG), **DESCRIBED, **kinds_of(CONFIG)}


def expected(name: str, value: object, of: Observation) -> str:
    return KINDS[name].expected(value, of)


def canonical(name: str, value: object, of: Observation, own: Names) -> object:
    return KINDS[name].canonical(value, of, own)


def make_names(**more: Any) -> Names:
    own = OwnText("email", "@c.r.example"), OwnText("key", "-c-r")
    return Names(own=own, start_ms=SENT, **more)


@pytest.mark.parametrize(
    ("name", "value", "of"),
    [
        ("identity", NEW, CREATED),
        ("identity", OLD, READ),
        ("identity", OLD, replace(READ, requested_id=None)),
        ("time-of-id", SENT - 60_000, READ),
        ("time-of-id", 1, replace(READ, document={})),
        ("time-of-write", SENT - 60_000, READ),
        ("time-of-write", SENT, PUT),
        ("time-of-write", RECEIVED, BLIND),
        ("version", 1, CREATED),
        ("version", 3, READ),
        ("version", 4, PUT),
        ("version", 9, BLIND),
        ("write-id", 32 * "b", PUT),
        ("write-id", 32 * "a", READ),
        ("write-id", 32 * "c", BLIND),
        ("ttl", 3, replace(READ, document={"expiresAt": 2001})),
        ("list-shard", 0, READ),
        ("list-shard", 7, replace(READ, resources=None)),
        ("bucket", "bucket", READ),
        ("bucket", "x", replace(READ, resources=None)),
        ("thirty-days", 2_592_000_005, replace(BLIND, document={"createdAt": 5})),
        ("thirty-days", 5, replace(BLIND, document={})),
        (
            "object-key",
            "assets/A/f",
            replace(BLIND, document={"assetId": "A", "fileName": "f"}),
        ),
        ("one-day", 86_400_001, replace(BLIND, document={"createdAt": 1})),
        ("one-day", 1, replace(BLIND, document={})),
    ],
)
def test_value_is_as_expected(name: str, value: object, of: Observation) -> None:
    assert expected(name, value, of) == ""


@pytest.mark.parametrize(
    ("name", "value", "of", "words"),
    [
        ("identity", "x", READ, "a ULID"),
        ("identity", OLD, CREATED, "a ULID made during the exchange"),
        ("identity", NEW, READ, repr(OLD)),
        (
            "identity",
            OLD,
            replace(CREATED, key=user_key(OLD)),
            "an id that was not there before",
        ),
        ("time-of-id", SENT, READ, str(SENT - 60_000)),
        ("time-of-write", SENT, READ, str(SENT - 60_000)),
        ("time-of-write", SENT - 1, PUT, f"a time from {SENT} to {RECEIVED}"),
        (
            "time-of-write",
            RECEIVED + 1,
            BLIND,
            f"a time from createdAt to {RECEIVED}",
        ),
        ("time-of-write", True, PUT, f"a time from {SENT} to {RECEIVED}"),
        ("version", 3, PUT, "4"),
        ("version", 3.0, READ, "3"),
        ("version", 0, BLIND, "1 or more"),
        ("write-id", 32 * "A", READ, "a text that matches [0-9a-f]{32}"),
        ("write-id", 32 * "a", PUT, "a writeId other than before"),
        ("write-id", 32 * "b", READ, repr(32 * "a")),
        ("ttl", 2, replace(READ, document={"expiresAt": 2001}), "3"),
        ("ttl", 2, replace(READ, document={}), "no ttl"),
        ("list-shard", 1, READ, "0"),
    ],
)
def test_value_is_not_as_expected(
    name: str, value: object, of: Observation, words: str
) -> None:
    assert expected(name, value, of) == words


def test_repeat_under_a_key_may_return_the_same_id() -> None:
    made = exchange("POST", 201)
    request = replace(made.request, headers=(("Idempotency-Key", "k"),))
    repeat = observed(replace(made, request=request), requested_id=None)

    assert expected("identity", OLD, repeat) == ""
    first = replace(repeat, exchange=replace(repeat.exchange, earlier=frozenset()))
    assert expected("identity", OLD, first) == "a ULID made during the exchange"


def test_record_of_an_idempotency_key_does_not_change() -> None:
    key = idempotency_key("createUser", "k")
    kept = {"bodySha256": "x", "createdAt": 5, "expiresAt": RECEIVED + 1}
    known = observed(exchange(before={key: kept}), key=key)
    expired = observed(exchange(before={key: {**kept, "expiresAt": 1}}), key=key)

    assert expected("body-digest", "x", known) == ""
    assert expected("body-digest", "y", known) == "'x'"
    assert expected("time-of-first-request", 5, known) == ""
    assert expected("time-of-first-request", 5, expired) != ""
    assert expected("body-digest", "x", expired).startswith("'e3b0c442")


def test_read_that_finds_an_uploaded_asset_writes_it() -> None:
    key = asset_key(OLD)
    pending = {"status": "pending", "updatedAt": 5, "version": 1}
    uploaded = {"status": "uploaded"}
    found = observed(exchange(before={key: pending}, stored={key: uploaded}), key=key)
    left = observed(exchange(before={key: pending}, stored={key: pending}), key=key)

    assert expected("time-of-write", SENT, found) == ""
    assert expected("version", 2, found) == ""
    assert expected("time-of-write", 5, left) == ""
    assert expected("version", 1, left) == ""


def test_asset_keeps_its_key_and_its_expiry() -> None:
    key = asset_key(OLD)
    kept = {"s3Key": "assets/x", "expiresAt": 7, "status": "pending"}
    known = observed(exchange(before={key: kept}), key=key)

    assert expected("object-key", "assets/x", known) == ""
    assert expected("thirty-days", 7, known) == ""


def test_time_that_is_not_checked_is_relative_to_the_start() -> None:
    assert canonical("time-of-write", SENT - 60_000, READ, make_names()) == (
        "time-of-write",
    )
    assert canonical("time-of-write", SENT - 60_000, BLIND, make_names()) == CaseTime(
        SENT - 60_000, -60_000
    )


def _cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("items", "found"),
    [
        ([{"userId": OLD, "createdAt": SENT}], ("after the last of the page",)),
        ([{"userId": NEW, "createdAt": SENT}], ("after", "start+0", "<ada>")),
        ([{"createdAt": SENT}], ("after", "start+0", "<ada>")),
        ([1], ("after", "start+0", "<ada>")),
        ([], ("after", "start+0", "<ada>")),
        (None, ("after", "start+0", "<ada>")),
    ],
)
def test_cursor_is_compared_by_the_record_that_it_points_after(
    items: Any, found: tuple[str, ...]
) -> None:
    page = replace(READ, document={"items": items})

    named = make_names(names={OLD: "<ada>"})

    assert canonical("cursor", _cursor(f"{SENT}.{OLD}"), page, named) == found


@pytest.mark.parametrize("value", ["MQ==", "M", "", 1, "-_-_"])
def test_invalid_cursor_is_compared_unchanged(value: Any) -> None:
    found = canonical("cursor", value, READ, make_names())

    assert found == as_is(value, None, make_names())


def test_cursor_without_a_time_keeps_its_text() -> None:
    assert canonical("cursor", _cursor("x.y"), READ, make_names()) == (
        "after",
        "x",
        "y",
    )
