"""Many clients write one record, over HTTP, with the real handlers."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.integration.conftest import Stack

WRITERS = 20


def new_user(stack: Stack, **members: Any) -> requests.Response:
    body = {"email": f"{uuid.uuid4().hex}@races.example", "name": "Race"} | members
    return requests.post(f"{stack.url}/users", json=body, timeout=40)


def test_one_of_fifty_clients_gets_the_email(stack: Stack) -> None:
    email = f"{uuid.uuid4().hex}@races.example"
    start = threading.Barrier(50)

    def create(_: int) -> int:
        start.wait()
        return new_user(stack, email=email).status_code

    with ThreadPoolExecutor(50) as pool:
        statuses = Counter(pool.map(create, range(50)))

    assert statuses == {201: 1, 409: 49}
    found = requests.get(f"{stack.url}/users", params={"email": email}, timeout=40)
    assert len(found.json()["items"]) == 1


def test_one_key_sent_by_twenty_clients_creates_one_user(stack: Stack) -> None:
    body = {"email": f"{uuid.uuid4().hex}@races.example", "name": "Race"}
    headers = {"idempotency-key": uuid.uuid4().hex}
    start = threading.Barrier(WRITERS)

    def create(_: int) -> requests.Response:
        start.wait()
        url = f"{stack.url}/users"
        return requests.post(url, json=body, headers=headers, timeout=40)

    with ThreadPoolExecutor(WRITERS) as pool:
        answers = list(pool.map(create, range(WRITERS)))

    assert {answer.status_code for answer in answers} <= {201, 503}
    ids = {answer.json()["userId"] for answer in answers if answer.status_code == 201}
    assert len(ids) == 1


@pytest.mark.parametrize("patches", [100, pytest.param(1_000, marks=pytest.mark.more)])
def test_each_of_many_patches_raises_the_version_by_one(
    stack: Stack, patches: int
) -> None:
    user_id = new_user(stack).json()["userId"]
    share = patches // WRITERS

    def write(writer: int) -> list[int]:
        with requests.Session() as session:
            url = f"{stack.url}/users/{user_id}"
            return [patch_until_accepted(session, url, writer) for _ in range(share)]

    with ThreadPoolExecutor(WRITERS) as pool:
        versions = [
            version for part in pool.map(write, range(WRITERS)) for version in part
        ]

    assert sorted(versions) == list(range(2, patches + 2))


def patch_until_accepted(session: requests.Session, url: str, writer: int) -> int:
    """Write with If-Match, reading again after each 412; return the new version."""
    for etag in current_etags(session, url):
        answer = session.patch(
            url,
            json={"name": f"Writer {writer}"},
            headers={"if-match": etag},
            timeout=40,
        )
        if answer.status_code != 412:
            assert answer.status_code == 200, answer.text
            return int(answer.headers["etag"].strip('"'))
    raise AssertionError("unreachable")


def current_etags(session: requests.Session, url: str) -> Iterator[str]:
    while True:
        yield session.get(url, timeout=40).headers["etag"]


def test_patches_without_if_match_are_each_applied_or_told_to_conflict(
    stack: Stack,
) -> None:
    user_id = new_user(stack).json()["userId"]
    url = f"{stack.url}/users/{user_id}"

    def write(writer: int) -> int:
        body = {"department": f"Team {writer}"}
        return requests.patch(url, json=body, timeout=40).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(write, range(80)))

    assert set(statuses) <= {200, 409}
    etag = requests.get(url, timeout=40).headers["etag"]
    assert etag == f'"{1 + statuses[200]}"'
