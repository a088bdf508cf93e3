"""Sets up a `given` of this service: users, assets, guards, keys, objects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from contract.plugin.keys import (
    ASSET_TTL_MS,
    ASSETS,
    ID_OF,
    IDEMPOTENCY_TTL_MS,
    OBJECTS,
    USERS,
    asset_key,
    blob_key,
    guard_key,
    idempotency_key,
    user_key,
)
from contract.plugin.ulids import is_ulid, new_ulid, shard_of, time_of
from twinproof.plugin import (
    Blob,
    Given,
    Item,
    Key,
    Record,
    Resources,
    Scope,
    body_of,
    evaluate,
    evaluate_members,
    seconds_up,
)

SetUp = dict[Key, Item | Blob]

BY_RULE = frozenset({"version", "ttl", "writeId", "listShard", "s3Bucket", "s3Key"})
"""Fields of a record's item that the API does not show."""

SET_UP = frozenset({"bind", "times", "whole", "record", "guard", "object"})
"""Fields of an entry of `given` that say how to set it up; the rest is stored."""

MINUTE_MS = 60_000
# Without resources nothing is stored, and the shard does not matter.
ONE_SHARD = 1


def public_of(item: Item) -> dict[str, Any]:
    """Return the fields of a record's item that the API returns."""
    return {name: value for name, value in item.items() if name not in BY_RULE}


def set_up(given: Given, scope: Scope, resources: Resources) -> SetUp:
    """Return the items and objects of a `given`; bind its names in the scope."""
    written: SetUp = {}
    for kind, make in ((USERS, _user), (ASSETS, _asset)):
        for body in given.get(kind, []):
            records = [
                make(body, each, resources, written) for each in _scopes(body, scope)
            ]
            scope.names[body["bind"]] = records if "times" in body else records[0]
    for body in given.get("idempotency", []):
        _idempotency(body, scope, written)
    return written


def _scopes(body: Mapping[str, Any], scope: Scope) -> Iterator[Scope]:
    """Yield the scope of each record that an entry sets up."""
    if "times" not in body:
        yield scope
    for index in range(body.get("times", 0)):
        yield scope.turn(index)


def _values(
    body: Mapping[str, Any], scope: Scope, names: tuple[str, ...]
) -> dict[str, Any]:
    return evaluate_members({n: body[n] for n in names if n in body}, scope)


def _attributes(body: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """Return the attributes of a record: its entry without the fields of `SET_UP`."""
    return evaluate_members({n: v for n, v in body.items() if n not in SET_UP}, scope)


def _timed(values: dict[str, Any], id_name: str, scope: Scope) -> None:
    """Set id, createdAt and updatedAt, each from the others."""
    if id_name in values and "createdAt" not in values and is_ulid(values[id_name]):
        values["createdAt"] = time_of(values[id_name])
    values.setdefault("createdAt", scope.start_ms - MINUTE_MS)
    values.setdefault(id_name, new_ulid(values["createdAt"], scope.chance))
    values.setdefault("updatedAt", values["createdAt"])


def _hidden(
    values: dict[str, Any],
    body: Mapping[str, Any],
    id_name: str,
    scope: Scope,
    resources: Resources,
) -> None:
    """Set the fields that the API does not show."""
    values["version"] = body.get("version", 1)
    values["writeId"] = f"{scope.chance(128):032x}"
    shards = int(resources.outputs.get("list-shards", ONE_SHARD))
    values["listShard"] = shard_of(values[id_name], shards)
    if "expiresAt" in values:
        values["ttl"] = seconds_up(values["expiresAt"])


def _user(
    body: Mapping[str, Any], scope: Scope, resources: Resources, written: SetUp
) -> Record:
    defaults = {"email": {"email": body["bind"]}, "name": "Ada"}
    if "times" in body:
        defaults["email"] = {"email": {"concat": [body["bind"], {"index": True}]}}
    values = _attributes({**defaults, **body}, scope)
    values["email"] = values["email"].lower()
    _timed(values, "userId", scope)
    _hidden(values, body, "userId", scope, resources)
    user_id = values["userId"]
    if body.get("record", True):
        written[user_key(user_id)] = values
    _guard(body.get("guard", True), values, scope, written)
    scope.owned.add(user_id)
    scope.own["email"].add(values["email"])
    return Record(USERS, user_id, public_of(values), values)


def _guard(
    wanted: bool | Mapping[str, Any], user: Item, scope: Scope, written: SetUp
) -> None:
    if wanted is False:
        return
    changes = {} if wanted is True else evaluate_members(wanted, scope)
    key = guard_key(user["email"])
    guard = {"userId": key.name, "owner": user["userId"]}
    if "expiresAt" in user:
        guard["expiresAt"] = user["expiresAt"]
    guard.update(changes)
    if "expiresAt" in guard:
        guard["ttl"] = seconds_up(guard["expiresAt"])
    written[key] = guard


def _asset(
    body: Mapping[str, Any], scope: Scope, resources: Resources, written: SetUp
) -> Record:
    defaults = {
        "fileName": "a.txt",
        "contentType": "text/plain",
        "size": 3,
        "status": "pending",
    }
    values = _attributes({**defaults, **body}, scope)
    _timed(values, "assetId", scope)
    values.setdefault("expiresAt", values["createdAt"] + ASSET_TTL_MS)
    _hidden(values, body, "assetId", scope, resources)
    values["s3Bucket"] = resources.stores.get(OBJECTS, "")
    values.setdefault("s3Key", f"assets/{values['assetId']}/{values['fileName']}")
    if body.get("record", True):
        written[asset_key(values["assetId"])] = values
    if "object" in body:
        written[blob_key(values["s3Key"])] = _blob(
            body["object"], values["contentType"], scope
        )
    scope.owned.add(values["assetId"])
    return Record(ASSETS, values["assetId"], public_of(values), values)


def _blob(body: Mapping[str, Any], content_type: str, scope: Scope) -> Blob:
    data = body_of(body, scope) or b""
    return Blob(data, evaluate(body.get("contentType", content_type), scope))


def _idempotency(body: Mapping[str, Any], scope: Scope, written: SetUp) -> None:
    values = _values(body, scope, ("key", "recordId", "bodySha256", "expiresAt"))
    if "body" in body:
        data = body_of(body["body"], scope) or b""
        values["bodySha256"] = hashlib.sha256(data).hexdigest()
    expires = values.get("expiresAt", scope.start_ms + IDEMPOTENCY_TTL_MS)
    key = idempotency_key(body["operation"], values["key"])
    written[key] = {
        ID_OF[key.table]: key.name,
        "recordId": values["recordId"],
        "bodySha256": values["bodySha256"],
        "createdAt": expires - IDEMPOTENCY_TTL_MS,
        "expiresAt": expires,
        "ttl": seconds_up(expires),
    }
