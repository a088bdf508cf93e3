"""No operation makes an AWS call that it does not need.

The packages run as they are deployed, against a stub of AWS that counts calls.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from lab.bench import packages
from lab.bench.measuring.processes import Measured, StubProcess, stub
from lab.bench.records import MISSING_ID, PENDING_ID, YOUNG_ID, sample
from local.template import ROOT

SHARDS = 4
Request = tuple[str, str, dict[str, Any]]
"""Name of the request, sample event, changes of the event."""

BY_EMAIL = {"rawQueryString": "email=ada@example.com"}
PENDING = {"pathParameters": {"assetId": PENDING_ID}}
YOUNG = {"pathParameters": {"assetId": YOUNG_ID}}
MISSING = {"pathParameters": {"assetId": MISSING_ID}}
KEY = {"headers": {"content-type": "application/json", "idempotency-key": "a" * 32}}
OF_A_STATUS = {
    "rawQueryString": "status=uploaded",
    "queryStringParameters": {"status": "uploaded"},
}
NO_ID = {"pathParameters": {"userId": "ada", "assetId": "ada"}}

# Name of the request, sample event, changes of the event, AWS calls. No record has
# expired, so a list queries each shard once.
USERS: list[tuple[str, str, dict[str, Any], dict[str, int]]] = [
    ("createUser", "create-user", {}, {"TransactWriteItems": 1}),
    ("createUser, with a key", "create-user", KEY, {"TransactWriteItems": 1}),
    ("createUser, refused", "create-user", {"body": "{}"}, {}),
    ("getUser", "get-user", {}, {"GetItem": 1}),
    ("getUser, no id", "get-user", NO_ID, {}),
    ("listUsers", "list-users", {}, {"Query": SHARDS}),
    ("listUsers, of an address", "list-users", BY_EMAIL, {"Query": 1}),
    ("replaceUser", "replace-user", {}, {"GetItem": 1, "TransactWriteItems": 1}),
    ("updateUser", "update-user", {}, {"GetItem": 1, "PutItem": 1}),
    ("deleteUser", "delete-user", {}, {"GetItem": 1, "TransactWriteItems": 1}),
    ("getHealth", "get-health", {}, {}),
    ("warming", "warming", {}, {}),
]
ASSETS: list[tuple[str, str, dict[str, Any], dict[str, int]]] = [
    # Signing its upload URL, or the URL of downloadAsset, needs no AWS call.
    ("createAsset", "create-asset", {}, {"PutItem": 1}),
    ("createAsset, with a key", "create-asset", KEY, {"TransactWriteItems": 1}),
    ("getAsset", "get-asset", {}, {"GetItem": 1}),
    ("getAsset, not arrived", "get-asset", MISSING, {"GetItem": 1, "HeadObject": 1}),
    (
        "getAsset, arrived",
        "get-asset",
        PENDING,
        {"GetItem": 1, "HeadObject": 1, "PutItem": 1},
    ),
    ("downloadAsset", "download-asset", {}, {"GetItem": 1}),
    ("listAssets", "list-assets", {}, {"Query": SHARDS}),
    ("listAssets, of a status", "list-assets", OF_A_STATUS, {"Query": SHARDS}),
    ("updateAsset", "update-asset", {}, {"GetItem": 1, "PutItem": 1}),
    (
        "deleteAsset",
        "delete-asset",
        {},
        {"GetItem": 1, "DeleteObject": 1, "DeleteItem": 1},
    ),
    (
        "deleteAsset, of a young one",
        "delete-asset",
        YOUNG,
        {"GetItem": 1, "PutObject": 1, "DeleteItem": 1},
    ),
    ("warming", "warming", {}, {}),
]
FUNCTIONS = {"users": USERS, "assets": ASSETS}


@pytest.fixture(scope="module")
def aws() -> Iterator[StubProcess]:
    with stub() as one:
        yield one


def payload(event: str, changes: dict[str, Any]) -> bytes:
    document = sample(event)
    for name in ("if-match", "idempotency-key"):
        document.get("headers", {}).pop(name, None)
    return json.dumps({**document, **changes}).encode()


def samples(function: str) -> Iterator[Request]:
    """Every sample event of a function's operations, unchanged."""
    for path in sorted((ROOT / "events").glob("*.json")):
        key = sample(path.stem).get("routeKey", "")
        of_assets = " /assets" in key
        if key and of_assets == (function == "assets"):
            yield path.stem, path.stem, {}


async def calls_of(
    language: str, function: str, requests: Iterable[Request], aws: StubProcess
) -> dict[str, dict[str, int]]:
    """Return the calls of each request, made by one process."""
    package = packages.ours(language).package(function)
    process = Measured(language, package, aws.endpoint, {})
    found = {}
    try:
        await process.start()
        for name, event, changes in requests:
            aws.calls()
            answer = await process.invoke(payload(event, changes))
            assert int(str(answer.get("statusCode", 200))) < 500, name
            found[name] = dict(Counter(aws.calls()))
    finally:
        await process.end()
    return found


@pytest.mark.parametrize("language", ["python", "node"])
@pytest.mark.parametrize("function", ["users", "assets"])
def test_no_operation_makes_a_call_that_it_does_not_need(
    language: str, function: str, aws: StubProcess
) -> None:
    requests = [each[:3] for each in FUNCTIONS[function]]

    found = asyncio.run(calls_of(language, function, requests, aws))

    assert found == {name: calls for name, _, _, calls in FUNCTIONS[function]}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_both_answer_every_sample_with_the_same_calls_and_none_twice(
    function: str, aws: StubProcess
) -> None:
    python, node = (
        asyncio.run(calls_of(language, function, samples(function), aws))
        for language in ("python", "node")
    )

    assert python == node
    most = {"Query": SHARDS}
    assert len(python) > 1
    assert not [
        (event, action)
        for event, calls in python.items()
        for action, many in calls.items()
        if many > most.get(action, 1)
    ]


@pytest.mark.parametrize("language", ["python", "node"])
@pytest.mark.parametrize(
    ("function", "event", "changes"),
    [
        ("users", "list-users", {}),
        ("assets", "list-assets", {}),
        ("assets", "list-assets", OF_A_STATUS),
    ],
    ids=["listUsers", "listAssets", "listAssets, of a status"],
)
def test_a_list_queries_its_shards_in_parallel(
    language: str, function: str, event: str, changes: dict[str, Any], aws: StubProcess
) -> None:
    async def listed() -> dict[str, object]:
        package = packages.ours(language).package(function)
        process = Measured(language, package, aws.endpoint, {})
        try:
            await process.start()
            return await process.invoke(payload(event, changes))
        finally:
            await process.end()

    aws.set_barrier(SHARDS)  # no query is answered before all have arrived
    try:
        answer = asyncio.run(listed())
    finally:
        aws.set_barrier(1)

    assert answer["statusCode"] == 200
