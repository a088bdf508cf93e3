"""Exchanges for tests, and the observations in them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from contract.plugin.keys import user_key
from contract.plugin.ulids import new_ulid
from tests.plugin.conftest import CONTRACT
from twinproof.contract.openapi import Contract
from twinproof.domain.loading import domain_of
from twinproof.domain.observation import Observation
from twinproof.exchange.model import Exchange, Request, Response
from twinproof.stores.resources import Resources

_CONTRACT = Contract(CONTRACT)
DOMAIN = domain_of(_CONTRACT)
SENT, RECEIVED = 1_771_000_000_000, 1_771_000_000_050
NEW = new_ulid(SENT + 5, lambda _: 0)
OLD = new_ulid(SENT - 60_000, lambda _: 0)
HEADERS = (
    ("x-request-id", "r"),
    ("cache-control", "no-store"),
    ("content-type", "application/json"),
)
USER = {
    "userId": OLD,
    "email": "a@b.example",
    "name": "A",
    "createdAt": SENT - 60_000,
    "updatedAt": SENT - 60_000,
}
ITEM = {**USER, "version": 3, "writeId": 32 * "a", "listShard": 0}


def exchange(method: str = "GET", status: int = 200, **more: Any) -> Exchange:
    more = {"earlier": frozenset({OLD}), **more}
    request = Request(method, f"/users/{OLD}")
    response = Response(status, (*HEADERS, ("etag", '"3"')), json.dumps(USER).encode())
    return Exchange("getUser", request, response, SENT, RECEIVED, 1, **more)


def observed(made: Exchange, **changes: Any) -> Observation:
    whole = Observation(
        made,
        made.json(),
        user_key(OLD),
        OLD,
        Resources(
            {"users": "u", "assets": "a", "objects": "bucket"}, {"list-shards": 4}
        ),
        0,
        DOMAIN,
    )
    return replace(whole, **changes)
