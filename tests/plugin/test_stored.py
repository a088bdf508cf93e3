"""The stored items of every exchange are checked, whatever the case expects."""

from __future__ import annotations

import json
from typing import Any

from contract.plugin.keys import (
    asset_key,
    guard_key,
    idempotency_key,
    user_key,
)
from contract.plugin.ulids import new_ulid
from tests.plugin.fake_store import RESOURCES
from twinproof.checks.checks import Checks
from twinproof.checks.stored import stored_mismatches
from twinproof.domain.observation import Observation
from twinproof.exchange.model import Exchange, Key, Request, Response

START = 1_771_000_000_000


ADA_ID = new_ulid(START - 60_000, lambda _: 0)
ADA = {
    "userId": ADA_ID,
    "email": "ada@x.example",
    "name": "Ada",
    "createdAt": START - 60_000,
    "updatedAt": START - 60_000,
    "version": 1,
    "writeId": 32 * "0",
    "listShard": 0,
}
GUARD = {"userId": "email#ada@x.example", "owner": ADA_ID}
ADA_KEY, GUARD_KEY = user_key(ADA_ID), guard_key("ada@x.example")
SHOWN = {name: ADA[name] for name in ("userId", "email", "name", "createdAt")}


def left(
    checks: Checks,
    operation: str,
    status: int,
    before: dict[Key, Any],
    stored: dict[Key, Any],
    body: object = None,
    seen: frozenset[str] = frozenset({ADA_ID}),
    headers: tuple[tuple[str, str], ...] = (),
) -> list[str]:
    method = checks.contract.operations[operation].method
    content = b"" if body is None else json.dumps(body).encode()
    exchange = Exchange(
        operation,
        Request(method, f"/users/{ADA_ID}", headers=headers),
        Response(status, (), content),
        START,
        START + 5,
        1,
        before,
        stored,
        seen,
    )
    path_id = None if method == "POST" else ADA_ID
    observed = Observation(exchange, {}, None, path_id, RESOURCES, 0, checks.domain)
    return [
        f"{each.where}: {each.check}" for each in stored_mismatches(checks, observed)
    ]


def test_deleting_a_user_keeps_anothers_guard(checks: Checks) -> None:
    other = {**GUARD, "owner": new_ulid(START, lambda _: 7)}
    before = {ADA_KEY: ADA, GUARD_KEY: other}

    kept = left(checks, "deleteUser", 204, before, {ADA_KEY: None, GUARD_KEY: other})
    lost = left(checks, "deleteUser", 204, before, {ADA_KEY: None, GUARD_KEY: None})

    assert kept == []
    assert lost == ["guard ada@x.example: a guard is released by its owner"]


def test_record_of_the_response_must_be_stored(checks: Checks) -> None:
    found = left(checks, "getUser", 200, {ADA_KEY: ADA}, {ADA_KEY: None}, SHOWN)

    assert f"user {ADA_ID}: " in found


def test_repeat_under_a_key_must_write_nothing(checks: Checks) -> None:
    headers = (("idempotency-key", "k"),)
    same = {ADA_KEY: ADA, GUARD_KEY: GUARD}
    changed = {**same, ADA_KEY: {**ADA, "name": "Eve"}}
    shown = {**SHOWN, "name": "Eve"}

    quiet = left(checks, "createUser", 201, same, same, SHOWN, headers=headers)
    loud = left(checks, "createUser", 201, same, changed, shown, headers=headers)

    assert quiet == []
    rule = "an exchange leaves everything else as it was"
    assert f"user {ADA_ID}: {rule}" in loud


def test_guard_must_agree_with_its_record(checks: Checks) -> None:
    ada = {**ADA, "expiresAt": START + 5_000, "ttl": START // 1000 + 5}
    guard = {**GUARD, "owner": new_ulid(START, lambda _: 7)}
    stored = {ADA_KEY: {**ada, "updatedAt": START, "version": 2}, GUARD_KEY: guard}
    before = {ADA_KEY: ADA, GUARD_KEY: GUARD}

    found = left(checks, "replaceUser", 200, before, stored, SHOWN)

    assert "guard ada@x.example /owner: as the record" in found
    assert "guard ada@x.example /expiresAt: as the record" in found


def test_stored_item_is_checked_by_its_schema(checks: Checks) -> None:
    key = idempotency_key("createAsset", "k")

    found = left(checks, "getUser", 404, {}, {key: {"assetId": key.name}})

    assert "idempotency createAsset#k : schema required" in found


def test_response_about_another_record_is_not_compared(checks: Checks) -> None:
    other = {**SHOWN, "userId": new_ulid(START, lambda _: 7)}

    assert left(checks, "getUser", 200, {ADA_KEY: ADA}, {ADA_KEY: ADA}, other) == []


def test_etag_must_be_the_stored_version(checks: Checks) -> None:
    exchange = Exchange(
        "getUser",
        Request("GET", f"/users/{ADA_ID}"),
        Response(200, (("etag", '"9"'),), json.dumps(SHOWN).encode()),
        START,
        START + 5,
        1,
        {ADA_KEY: ADA},
        {ADA_KEY: ADA},
    )
    observed = Observation(exchange, {}, None, ADA_ID, RESOURCES, 0, checks.domain)

    assert [each.where for each in stored_mismatches(checks, observed)] == [
        "header etag"
    ]


def test_field_of_the_response_schema_only_need_not_be_stored(checks: Checks) -> None:
    key = asset_key(ADA_ID)
    shown = {"assetId": ADA_ID, "upload": {"method": "PUT"}, "surplus": 1}

    found = left(checks, "createAsset", 201, {}, {key: {"assetId": ADA_ID}}, shown)

    unstored = [each for each in found if each.endswith("as answered")]
    assert unstored == [f"asset {ADA_ID} /surplus: as answered"]


def test_read_may_only_mark_an_asset_as_uploaded(checks: Checks) -> None:
    pending, uploaded = {"status": "pending"}, {"status": "uploaded"}
    may = checks.domain.effects.read_may_write

    assert may(pending, uploaded)
    assert not may(pending, pending)
    assert not may(uploaded, pending)
    assert not may(None, uploaded)
    assert not may(pending, None)


def test_read_that_writes_anything_else_is_found(checks: Checks) -> None:
    key = asset_key(ADA_ID)
    asset = {"assetId": ADA_ID, "status": "pending"}
    rule = f"asset {ADA_ID}: an exchange leaves everything else as it was"

    arrived = left(
        checks, "getAsset", 200, {key: asset}, {key: {**asset, "status": "uploaded"}}
    )
    renamed = left(
        checks, "getAsset", 200, {key: asset}, {key: {**asset, "fileName": "b"}}
    )

    assert rule not in arrived
    assert rule in renamed
