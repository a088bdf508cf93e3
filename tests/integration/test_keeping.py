"""`make start KEEP=1`: the data outlives the stack."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.integration.stacks import Stack, free_ports

BODY = "kept \U0001d49c\n".encode() * 10_000


@contextmanager
def started(checkout: Path, ports: tuple[int, int], *arguments: str) -> Iterator[Stack]:
    stack = Stack(checkout, ports, *arguments)
    try:
        yield stack.ready()
    finally:
        stack.close()


def create_user(url: str, name: str) -> dict[str, Any]:
    body = {"email": f"{name}@example.com", "name": name}
    created = requests.post(f"{url}/users", json=body, timeout=40)
    assert created.status_code == 201, created.text
    found: dict[str, Any] = created.json()
    return found


def upload(url: str) -> str:
    """Create an asset and upload its file; return its id."""
    sha256 = b64encode(hashlib.sha256(BODY).digest()).decode()
    body = {"fileName": "kept.txt", "contentType": "text/plain", "size": len(BODY)}
    created = requests.post(
        f"{url}/assets", json={**body, "checksumSha256": sha256}, timeout=40
    ).json()
    ways = created["upload"]
    put = requests.put(ways["url"], data=BODY, headers=ways["headers"], timeout=40)
    assert put.status_code == 200
    asset_id: str = created["assetId"]
    # After the first read it is `uploaded`, and the object is not read again.
    assert requests.get(f"{url}/assets/{asset_id}", timeout=40).ok
    return asset_id


def expire(stack: Stack, user_id: str) -> None:
    """Expire a user without the service, like a night without the stack."""
    now = int(time.time())
    stack.dynamodb.update_item(
        TableName=stack.outputs["UsersTable"],
        Key={"userId": {"S": user_id}},
        UpdateExpression="SET expiresAt = :ms, #ttl = :s",
        ExpressionAttributeNames={"#ttl": "ttl"},
        ExpressionAttributeValues={
            ":ms": {"N": str((now - 1) * 1000)},
            ":s": {"N": str(now - 1)},
        },
    )


def seen(stack: Stack, asset_id: str, user_id: str) -> list[Any]:
    """Return the responses of both implementations about the records."""
    answers = []
    for url in (stack.url, stack.typescript_url):
        user = requests.get(f"{url}/users/{user_id}", timeout=40)
        users = requests.get(f"{url}/users", timeout=40)
        asset = requests.get(f"{url}/assets/{asset_id}", timeout=40)
        download = requests.get(f"{url}/assets/{asset_id}/download", timeout=40)
        file = requests.get(download.json()["url"], timeout=40)
        answers += [
            (user.json(), user.headers["etag"], users.json()["items"]),
            (asset.json(), asset.headers["etag"]),
            (file.content, file.headers["content-type"]),
        ]
    return answers


def head(stack: Stack) -> Any:
    bucket = stack.outputs["AssetsBucket"]
    (one,) = stack.s3.list_objects_v2(Bucket=bucket)["Contents"]
    found = stack.s3.head_object(Bucket=bucket, Key=one["Key"], ChecksumMode="ENABLED")
    return found["ChecksumSHA256"], found["ETag"], found["ContentLength"]


def test_data_outlives_a_restart_and_an_end_without_warning(checkout: Path) -> None:
    """Four starts of one stack, the third of them without KEEP=1."""
    ports = free_ports()
    file = checkout / ".local" / f"kept-{ports[1]}.zip"

    with started(checkout, ports, "--keep") as stack:
        for number in range(30):
            create_user(stack.url, f"other-{number}")
        user = create_user(stack.typescript_url, "ada")
        gone = create_user(stack.url, "gone")["userId"]
        patched = requests.patch(
            f"{stack.url}/users/{user['userId']}",
            json={"name": "Ada"},
            headers={"if-match": '"1"'},
            timeout=40,
        )
        assert patched.headers["etag"] == '"2"'
        asset = upload(stack.url)
        expire(stack, gone)
        before, object_before = seen(stack, asset, user["userId"]), head(stack)
        stack.end(signal.SIGINT)
        assert stack.process.returncode == 0
        assert stack.lines[-2] == "stopped"
    kept = file.read_bytes()

    with started(checkout, ports, "--keep") as stack:
        assert seen(stack, asset, user["userId"]) == before
        assert head(stack) == object_before
        items = stack.dynamodb.scan(TableName=stack.outputs["UsersTable"])["Items"]
        assert gone not in {one["userId"]["S"] for one in items}
        create_user(stack.url, "lost")
        pids = stack.descendants()
        (cloud,) = [pid for pid, line in pids.items() if "local.emulator" in line]
        os.kill(cloud, signal.SIGKILL)
        assert stack.exit_code(10) == 2
        told = "\n".join(stack.lines)
        assert f".local/{file.name} still has what was kept before" in told
    assert file.read_bytes() == kept

    with started(checkout, ports) as stack:
        assert requests.get(f"{stack.url}/users", timeout=40).json()["items"] == []
        create_user(stack.url, "not-kept")
        stack.end()
    assert file.read_bytes() == kept

    with started(checkout, ports, "--keep") as stack:
        assert seen(stack, asset, user["userId"]) == before
        users = requests.get(f"{stack.url}/users?email=lost%40example.com", timeout=40)
        assert users.json()["items"] == []


def test_file_that_cannot_be_read_ends_the_start_at_once(checkout: Path) -> None:
    ports = free_ports()
    file = checkout / ".local" / f"kept-{ports[1]}.zip"
    file.write_bytes(b"no zip")
    stack = Stack(checkout, ports, "--keep")
    try:
        assert stack.exit_code() == 2
        (line,) = filter(None, stack.lines)
        assert line.startswith(f"start: .local/{file.name} cannot be read (BadZipFile")
        assert file.read_bytes() == b"no zip"
    finally:
        stack.close()
        file.unlink()
