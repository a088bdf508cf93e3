"""The records of the stub, and the requests that candidates answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from local.template import ROOT

# Crockford's alphabet: the last character of an id decides a record's shard.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BORN = 1_771_000_000_000  # the time in the ids below
FAR = 4_000_000_000_000  # nothing expires while it is measured
RECORDS = 100
PENDING_ID = "01KHBX50X0PEND1NGPEND1NGPE"
MISSING_ID = "01KHBX50X0M1SS1NGM1SS1NGM1"  # pending, without an object
YOUNG_ID = "01KHBX50X0Y0VNGY0VNGY0VNGY"  # its upload URL may still work

Item = dict[str, dict[str, str]]


def _id(number: int) -> str:
    return f"01KHBX50X0A8G5A016QXA0J{number // 32:02d}{ALPHABET[number % 32]}"


def _user(number: int) -> Item:
    user_id = _id(number)
    return {
        "userId": {"S": user_id},
        "email": {"S": f"ada{number}@example.com"},
        "name": {"S": "Ada Lovelace"},
        "department": {"S": "Engines"},
        "createdAt": {"N": str(BORN)},
        "updatedAt": {"N": str(BORN)},
        "expiresAt": {"N": str(FAR)},
        "ttl": {"N": str(FAR // 1000)},
        "version": {"N": "1"},
        "writeId": {"S": "0123456789abcdef0123456789abcdef"},
        "listShard": {"N": str(number % 4)},
    }


def _asset(asset_id: str, status: str, shard: int, born: int = BORN) -> Item:
    return {
        "assetId": {"S": asset_id},
        "fileName": {"S": "hello world.txt"},
        "contentType": {"S": "text/plain"},
        "size": {"N": "5"},
        "status": {"S": status},
        "createdAt": {"N": str(born)},
        "updatedAt": {"N": str(BORN)},
        "expiresAt": {"N": str(FAR)},
        "ttl": {"N": str(FAR // 1000)},
        "version": {"N": "1"},
        "writeId": {"S": "0123456789abcdef0123456789abcdef"},
        "listShard": {"N": str(shard)},
        "s3Bucket": {"S": "bucket"},
        "s3Key": {"S": f"assets/{asset_id}/hello world.txt"},
    }


USERS = [_user(number) for number in range(RECORDS)]
ASSETS = [_asset(_id(number), "uploaded", number % 4) for number in range(RECORDS)]
NAMED = {
    PENDING_ID: _asset(PENDING_ID, "pending", 0),
    MISSING_ID: _asset(MISSING_ID, "pending", 0),
    YOUNG_ID: _asset(YOUNG_ID, "uploaded", 0, FAR),
}


def shard_page(records: list[Item], shard: int, limit: int) -> dict[str, Any]:
    """Return DynamoDB's response to a query of one shard, newest first."""
    of_shard = [one for one in reversed(records) if one["listShard"]["N"] == str(shard)]
    page: dict[str, Any] = {"Items": of_shard[:limit], "Count": limit}
    if len(of_shard) > limit:
        last = of_shard[limit - 1]
        names = ("userId", "assetId", "listShard", "createdAt")
        page["LastEvaluatedKey"] = {name: last[name] for name in names if name in last}
    return page


# ---- requests -------------------------------------------------------------------

# The five requests that every candidate answers, and their status codes.
FIVE = ("get", "create", "list", "invalid", "asset")
STATUS = {"get": 200, "create": 201, "list": 200, "invalid": 400, "asset": 201}
LISTED = 20  # the limit of `list`


def function_of(request: str) -> str:
    """Return the function that answers a request, `users` or `assets`."""
    return "assets" if request == "asset" else "users"


@cache
def event(request: str) -> bytes:
    """Return the event of a request as JSON, as API Gateway sends it."""
    match request:
        case "get":
            return _event("get-user")
        case "create":
            body = {"email": "Ada@example.com", "name": "Ada", "department": "Engines"}
            return _event("create-user", body)
        case "list":
            return _event("list-users", query=f"limit={LISTED}")
        case "invalid":
            return _event("create-user", {"email": "ada", "nick": 1})
        case "asset":
            size = {"contentType": "text/plain", "size": 5}
            return _event("create-asset", {"fileName": "hello world.txt", **size})
    raise KeyError(request)


def _event(
    name: str, body: Mapping[str, object] | None = None, query: str | None = None
) -> bytes:
    event = sample(name)
    # API Gateway always sends it, and adapters of frameworks rely on it.
    event["headers"]["host"] = event["requestContext"]["domainName"]
    if body is not None:
        event["body"] = json.dumps(body)
        event["headers"]["content-type"] = "application/json"
        event["headers"]["content-length"] = str(len(event["body"]))
        event["headers"].pop("idempotency-key", None)
    if query is not None:
        event["rawQueryString"] = query
        event["queryStringParameters"] = dict([query.split("=")])
    return json.dumps(event).encode()


def sample(name: str) -> dict[str, Any]:
    """Return a sample event of the project, by the name of its file."""
    text = (ROOT / "events" / f"{name}.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
