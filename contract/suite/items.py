"""The items of the tables: their shapes, and those a case's `given` describes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

from contract.plugin.ulids import is_ulid, new_ulid, shard_of, time_of
from contract.suite.exchanges import Exchange, Item, Key
from contract.suite.expressions import Record, Scope, evaluate, evaluate_members
from contract.suite.requesting import body_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

USERS, ASSETS, OBJECTS = "users", "assets", "objects"
ID_OF = {USERS: "userId", ASSETS: "assetId"}
GUARD, IDEMPOTENCY = "email#", "idempotency#"
BY_RULE = frozenset({"version", "ttl", "writeId", "listShard", "s3Bucket", "s3Key"})
"""Members of a record's item that the API does not show."""

LAYING = frozenset({"bind", "times", "record", "guard", "object"})
"""Members of an entry of `given` that say how it is laid down; the rest is stored."""

LONGEST_KEY = 255
"""Characters of an Idempotency-Key; a longer one is refused, and never stored."""
ASSET_TTL_MS = 30 * 24 * 3_600_000
IDEMPOTENCY_TTL_MS = 24 * 3_600_000
MINUTE_MS = 60_000


@dataclass(frozen=True)
class Layout:
    """What the data side of a target is called, and what its deployment set."""

    users_table: str
    assets_table: str
    assets_bucket: str
    list_shards: int
    min_lifetime_ms: int = MINUTE_MS
    """The shortest life of a user; a minute where the deployment does not say."""

    @property
    def outputs(self) -> Mapping[str, int | str]:
        """Return what the deployment set, by the name that `[outputs]` has for it."""
        return {"min-lifetime-seconds": self.min_lifetime_ms // 1000}


def object_key(item: Item | None) -> Key | None:
    """Return where the object of a stored asset is; None of any other item."""
    return Key(OBJECTS, str(item["s3Key"])) if item and "s3Key" in item else None


@dataclass
class Laid:
    """What a `given` lays down: items and objects by key."""

    items: dict[Key, Item] = field(default_factory=dict)
    objects: dict[Key, Object] = field(default_factory=dict)


@dataclass(frozen=True)
class Object:
    """An object in the bucket."""

    body: bytes
    content_type: str = "application/octet-stream"


def is_own(key: Key, item: Item, scope: Scope) -> bool:
    """Say whether a stored thing is of a play: by an id of its own, or an own value."""
    if key.table == OBJECTS:
        return not scope.owned.isdisjoint(key.name.split("/"))
    if key.name.startswith(IDEMPOTENCY):
        sent = key.name.split("#", 2)[2]
        return sent in scope.own["key"] or item.get("recordId") in scope.owned
    if key.name.startswith(GUARD):
        address = key.name.removeprefix(GUARD)
        return address in scope.own["email"] or item.get("owner") in scope.owned
    return key.name in scope.owned or item.get("email") in scope.own["email"]


def is_integer(value: object) -> TypeGuard[int]:
    """Say whether a value is an integer, and no boolean."""
    return isinstance(value, int) and not isinstance(value, bool)


def arrived(before: Item | None, now: Item | None) -> bool:
    """Say whether an asset was found uploaded: the only write a read may do."""
    return bool(
        before
        and now
        and before.get("status") == "pending"
        and now.get("status") == "uploaded"
    )


def record_key(shown: Mapping[str, Any]) -> Key | None:
    """Return where the record of a body is stored."""
    for table, name in ((USERS, "userId"), (ASSETS, "assetId")):
        if isinstance(shown.get(name), str):
            return Key(table, shown[name])
    return None


def created_key(exchange: Exchange) -> Key | None:
    """Return where the record is stored that an exchange says it created."""
    body = exchange.json()
    if not exchange.created or not isinstance(body, dict):
        return None
    return record_key(body)


def table_of(operation: str) -> str:
    """Return the table of an operation's records and of its idempotency items."""
    return ASSETS if "Asset" in operation else USERS


def guard_key(address: str) -> Key:
    """Return where the guard of an address is."""
    return Key(USERS, f"{GUARD}{address}")


def idempotency_key(operation: str, key: str) -> Key:
    """Return where what is kept of an Idempotency-Key is."""
    return Key(table_of(operation), f"{IDEMPOTENCY}{operation}#{key}")


def schema_of(key: Key) -> str:
    """Return the schema of the item at a key, under contract/."""
    if key.name.startswith(GUARD):
        return "schemas/stored-guard.json"
    if key.name.startswith(IDEMPOTENCY):
        return "schemas/stored-idempotency.json"
    return f"schemas/stored-{key.table[:-1]}.json"


def seconds_up(milliseconds: int) -> int:
    """Return seconds, rounded up, so that nothing is reaped early."""
    return -(-milliseconds // 1000)


def public_of(item: Item) -> dict[str, Any]:
    """Return what the API answers for a record's item."""
    return {name: value for name, value in item.items() if name not in BY_RULE}


def lay_out(given: Mapping[str, Any], scope: Scope, layout: Layout) -> Laid:
    """Return what a `given` lays down; bind its names in the scope."""
    laid = Laid()
    for kind, make in ((USERS, _user), (ASSETS, _asset)):
        for body in given.get(kind, []):
            records = [make(body, turn, layout, laid) for turn in _turns(body, scope)]
            scope.names[body["bind"]] = records if "times" in body else records[0]
    for body in given.get("idempotency", []):
        _idempotency(body, scope, laid)
    return laid


def _turns(body: Mapping[str, Any], scope: Scope) -> Iterator[Scope]:
    if "times" not in body:
        yield scope
    for index in range(body.get("times", 0)):
        yield scope.turn(index)


def _values(
    body: Mapping[str, Any], scope: Scope, names: tuple[str, ...]
) -> dict[str, Any]:
    return evaluate_members({n: body[n] for n in names if n in body}, scope)


def _attributes(body: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """Return the attributes of a record: all of its entry that is not about laying."""
    return evaluate_members({n: v for n, v in body.items() if n not in LAYING}, scope)


def _timed(values: dict[str, Any], id_name: str, scope: Scope) -> None:
    """Fill in id, createdAt and updatedAt, each from the others."""
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
    layout: Layout,
) -> None:
    """Fill in what the API does not show."""
    values["version"] = body.get("version", 1)
    values["writeId"] = f"{scope.chance(128):032x}"
    values["listShard"] = shard_of(values[id_name], layout.list_shards)
    if "expiresAt" in values:
        values["ttl"] = seconds_up(values["expiresAt"])


def _user(body: Mapping[str, Any], scope: Scope, layout: Layout, laid: Laid) -> Record:
    defaults = {"email": {"email": body["bind"]}, "name": "Ada"}
    if "times" in body:
        defaults["email"] = {"email": {"concat": [body["bind"], {"index": True}]}}
    values = _attributes({**defaults, **body}, scope)
    values["email"] = values["email"].lower()
    _timed(values, "userId", scope)
    _hidden(values, body, "userId", scope, layout)
    user_id = values["userId"]
    if body.get("record", True):
        laid.items[Key(USERS, user_id)] = values
    _guard(body.get("guard", True), values, scope, laid)
    scope.owned.add(user_id)
    scope.own["email"].add(values["email"])
    return Record(USERS, user_id, public_of(values), values)


def _guard(
    wanted: bool | Mapping[str, Any], user: Item, scope: Scope, laid: Laid
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
    laid.items[key] = guard


def _asset(body: Mapping[str, Any], scope: Scope, layout: Layout, laid: Laid) -> Record:
    defaults = {
        "fileName": "a.txt",
        "contentType": "text/plain",
        "size": 3,
        "status": "pending",
    }
    values = _attributes({**defaults, **body}, scope)
    _timed(values, "assetId", scope)
    values.setdefault("expiresAt", values["createdAt"] + ASSET_TTL_MS)
    _hidden(values, body, "assetId", scope, layout)
    values["s3Bucket"] = layout.assets_bucket
    values.setdefault("s3Key", f"assets/{values['assetId']}/{values['fileName']}")
    if body.get("record", True):
        laid.items[Key(ASSETS, values["assetId"])] = values
    if "object" in body:
        key = Key(OBJECTS, values["s3Key"])
        laid.objects[key] = _object(body["object"], values["contentType"], scope)
    scope.owned.add(values["assetId"])
    return Record(ASSETS, values["assetId"], public_of(values), values)


def _object(body: Mapping[str, Any], content_type: str, scope: Scope) -> Object:
    octets = body_of(body, scope) or b""
    return Object(octets, evaluate(body.get("contentType", content_type), scope))


def _idempotency(body: Mapping[str, Any], scope: Scope, laid: Laid) -> None:
    values = _values(body, scope, ("key", "recordId", "bodySha256", "expiresAt"))
    if "body" in body:
        octets = body_of(body["body"], scope) or b""
        values["bodySha256"] = hashlib.sha256(octets).hexdigest()
    expires = values.get("expiresAt", scope.start_ms + IDEMPOTENCY_TTL_MS)
    key = idempotency_key(body["operation"], values["key"])
    laid.items[key] = {
        ID_OF[key.table]: key.name,
        "recordId": values["recordId"],
        "bodySha256": values["bodySha256"],
        "createdAt": expires - IDEMPOTENCY_TTL_MS,
        "expiresAt": expires,
        "ttl": seconds_up(expires),
    }
