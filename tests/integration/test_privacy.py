"""Log lines have only operation, ids and sizes of what a client sends."""

from __future__ import annotations

import uuid

import requests

from tests.integration.conftest import Stack


def send_everywhere(url: str, mark: str) -> list[int]:
    """Send `mark` in every part of a request; return the statuses."""
    json_type = {"content-type": "application/json"}
    user = {"email": f"{mark}@privacy.example", "name": mark, "department": mark}
    asset = {"fileName": f"{mark}.txt", "contentType": f"text/{mark}", "size": 3}
    made = requests.post(f"{url}/users", json=user, timeout=40)
    picture = requests.post(f"{url}/assets", json=asset, timeout=40)
    upload = picture.json()["upload"]
    requests.put(upload["url"], data=b"abc", headers=upload["headers"], timeout=40)
    person = f"{url}/users/{made.json()['userId']}"
    file = f"{url}/assets/{picture.json()['assetId']}"
    answers = [
        made,
        picture,
        requests.post(f"{url}/users", json=user, timeout=40),
        requests.post(f"{url}/users", json={mark: mark}, timeout=40),
        requests.post(f"{url}/users", data=mark, headers=json_type, timeout=40),
        requests.post(f"{url}/users", json=user, headers={"x": mark}, timeout=40),
        requests.post(
            f"{url}/users", json=user, headers={"idempotency-key": mark}, timeout=40
        ),
        requests.post(
            f"{url}/users", data=mark, headers={"content-type": mark}, timeout=40
        ),
        requests.get(f"{url}/users", params={"email": user["email"]}, timeout=40),
        requests.get(f"{url}/users", params={mark: mark}, timeout=40),
        requests.get(f"{url}/users", params={"cursor": mark}, timeout=40),
        requests.get(f"{url}/users/{mark}", timeout=40),
        requests.get(f"{url}/{mark}", timeout=40),
        requests.get(person, headers={"if-none-match": f'"{mark}"'}, timeout=40),
        requests.patch(
            person, json={"name": mark}, headers={"if-match": f'"{mark}"'}, timeout=40
        ),
        requests.put(person, json=user, timeout=40),
        requests.patch(file, json={"fileName": f"{mark}.md"}, timeout=40),
        requests.get(f"{file}/download", timeout=40),
        requests.delete(person, timeout=40),
        requests.delete(file, timeout=40),
    ]
    return [answer.status_code for answer in answers]


def test_no_log_line_holds_what_a_client_sent(stack: Stack) -> None:
    mark = f"mark{uuid.uuid4().hex}"

    statuses = send_everywhere(stack.url, mark)
    assert send_everywhere(stack.typescript_url, mark) == statuses

    logs = [file.read_text() for file in stack.logs.glob("*.log")]
    printed = "\n".join(stack.lines)
    assert {200, 201, 204, 400, 404, 409, 412, 415} <= set(statuses)
    assert all('"event":"request"' in log for log in logs)
    assert len(logs) == 4
    assert mark not in printed
    assert [log for log in logs if mark in log] == []
