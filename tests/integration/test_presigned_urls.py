"""Signed URLs, followed for real: file names, session tokens, edits, expiry."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests

from contract.plugin.ulids import new_ulid
from tests.integration.presigned.signing import (
    CONTENT,
    Location,
    Signed,
    by_python,
    by_typescript,
    session_of,
)
from tests.integration.stacks import Stack

IMPLEMENTATIONS = ("python", "typescript")
HOUR_MS = 3_600_000
MINUTE_MS = 60_000
# A file name's signs by kind; journeys/file-names has every sign of ASCII, and more.
NAMES = {
    "spaces": " a  b ",
    "plus": "a+b",
    "percent": "100%25%",
    "tilde": "~a~",
    "quotes": '"it\'s" `so`',
    "encoders-leave": "!'()*",
    "cjk": "日本語.txt",
    "emoji": "👩🏽\u200d💻.txt",
    "longest": "\u5b57" * 85,
}


def url_of(stack: Stack, implementation: str) -> str:
    return stack.url if implementation == "python" else stack.typescript_url


def created(stack: Stack, implementation: str, name: str, key: str) -> dict[str, Any]:
    """Return a new asset of three bytes, or the one of an earlier use of `key`."""
    answer = requests.post(
        f"{url_of(stack, implementation)}/assets",
        json={"fileName": name, "contentType": "text/plain", "size": len(CONTENT)},
        headers={"idempotency-key": key},
        timeout=40,
    )
    assert answer.status_code == 201, answer.text
    asset: dict[str, Any] = answer.json()
    return asset


def put(url: str, headers: dict[str, str], data: bytes = CONTENT) -> requests.Response:
    # The library sets the length.
    sent = {name: text for name, text in headers.items() if name != "content-length"}
    return requests.put(url, data=data, headers=sent, timeout=40)


def download_of(stack: Stack, implementation: str, asset_id: str) -> str:
    location = f"{url_of(stack, implementation)}/assets/{asset_id}/download"
    answer = requests.get(location, timeout=40)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["url"])


def same_for_all(url: str) -> tuple[str, dict[str, list[str]]]:
    """Return the part of a signed URL that depends on neither signer nor time."""
    parts = urlsplit(url)
    own = ("Credential", "Date", "Security-Token", "Signature")
    query = parse_qs(parts.query, strict_parsing=True)
    for name in own:
        del query[f"X-Amz-{name}"]
    return f"{parts.netloc}{parts.path}", query


def saved_as(answer: requests.Response) -> str:
    """Return the name that a browser reads in a Content-Disposition (RFC 8187)."""
    value = answer.headers["content-disposition"]
    found = re.fullmatch(
        r"attachment; filename\*=UTF-8''([!#$&+.^_`|~%\w-]+)", value, re.ASCII
    )
    assert found, value
    return unquote(found[1], errors="strict")


def code_of(answer: requests.Response) -> str:
    found = re.search("<Code>(.*?)</Code>", answer.text)
    return found[1] if found else answer.text


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_file_of_any_name_comes_down_under_it(
    stack: Stack, implementation: str, name: str
) -> None:
    asset = created(stack, implementation, name, uuid.uuid4().hex)
    asset_id, upload = asset["assetId"], asset["upload"]

    assert put(upload["url"], upload["headers"]).status_code == 200
    down = requests.get(download_of(stack, implementation, asset_id), timeout=40)

    assert (down.status_code, down.content) == (200, CONTENT)
    assert saved_as(down) == name
    key = f"assets/{asset_id}/{name}"
    head = stack.s3.head_object(Bucket=stack.outputs["AssetsBucket"], Key=key)
    assert (head["ContentLength"], head["ContentType"]) == (len(CONTENT), "text/plain")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_both_sign_the_same_request(stack: Stack, name: str) -> None:
    key = uuid.uuid4().hex
    ours, theirs = (created(stack, one, name, key) for one in IMPLEMENTATIONS)
    assert ours["assetId"] == theirs["assetId"]
    assert ours["upload"]["headers"] == theirs["upload"]["headers"]
    assert put(ours["upload"]["url"], ours["upload"]["headers"]).status_code == 200

    uploads = [same_for_all(one["upload"]["url"]) for one in (ours, theirs)]
    downloads = [
        same_for_all(download_of(stack, one, ours["assetId"]))
        for one in IMPLEMENTATIONS
    ]

    for location, query in (*uploads, *downloads):
        assert location == uploads[0][0]
        assert unquote(location).endswith(f"/assets/{ours['assetId']}/{name}")
        assert query["X-Amz-Expires"] == ["3600"]
    assert uploads[0] == uploads[1]
    assert downloads[0] == downloads[1]


@pytest.mark.parametrize(
    ("find", "replacement", "status", "code"),
    [
        ("/a.txt", "/b.txt", 403, "SignatureDoesNotMatch"),
        ("X-Amz-Expires=3600", "X-Amz-Expires=3601", 403, "SignatureDoesNotMatch"),
        ("%3Bif-none-match", "", 403, "SignatureDoesNotMatch"),
        ("content-length%3B", "", 403, "SignatureDoesNotMatch"),
        ("us-east-1%2Fs3", "us-east-2%2Fs3", 403, "SignatureDoesNotMatch"),
        ("X-Amz-Security-Token=[^&]*&", "", 400, "InvalidToken"),
        ("(X-Amz-Security-Token=)", r"\1A", 400, "InvalidToken"),
    ],
)
@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_upload_by_an_edited_url_is_refused(
    stack: Stack,
    implementation: str,
    find: str,
    replacement: str,
    status: int,
    code: str,
) -> None:
    upload = created(stack, implementation, "a.txt", uuid.uuid4().hex)["upload"]
    edited = re.sub(find, replacement, upload["url"], count=1)
    assert edited != upload["url"]

    refused = put(edited, upload["headers"])

    assert (refused.status_code, code_of(refused)) == (status, code)
    assert put(upload["url"], upload["headers"]).status_code == 200


@pytest.mark.parametrize(
    ("find", "replacement"),
    [
        ("/a.txt", "/b.txt"),
        ("X-Amz-Expires=3600", "X-Amz-Expires=604800"),
        ("attachment", "inline"),
        ("&?response-content-disposition=[^&]*&?", "&"),
    ],
)
@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_download_by_an_edited_url_is_refused(
    stack: Stack, implementation: str, find: str, replacement: str
) -> None:
    asset = created(stack, implementation, "a.txt", uuid.uuid4().hex)
    assert put(asset["upload"]["url"], asset["upload"]["headers"]).status_code == 200
    url = download_of(stack, implementation, asset["assetId"])
    edited = re.sub(find, replacement, url, count=1)
    assert edited != url

    refused = requests.get(edited, timeout=40)

    assert refused.status_code == 403
    assert code_of(refused) == "SignatureDoesNotMatch"
    assert requests.get(url, timeout=40).content == CONTENT


# ---- the end of a URL ---------------------------------------------------------------


@pytest.fixture(scope="module")
def signers(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Callable[[Location, int], Signed]]:
    """The handlers' own signing code, of which only the clock is the test's."""
    folder = tmp_path_factory.mktemp("signing")
    return {"python": by_python, "typescript": by_typescript(folder)}


@pytest.fixture
def location(stack: Stack) -> Location:
    """An object that is not there yet, for a session of the assets function's role."""
    role = stack.role_of(stack.outputs["AssetsFunction"])
    now = int(time.time() * 1000)
    bucket = stack.outputs["AssetsBucket"]
    return Location(stack, bucket, new_ulid(now), session_of(stack, role))


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_url_is_good_for_an_hour_and_no_longer(
    signers: dict[str, Callable[[Location, int], Signed]],
    location: Location,
    implementation: str,
) -> None:
    now = int(time.time() * 1000)
    sign = signers[implementation]
    young = sign(location, now - HOUR_MS + MINUTE_MS)
    ended = sign(location, now - HOUR_MS - MINUTE_MS)

    late = put(ended.upload_url, dict(ended.upload_headers))
    in_time = put(young.upload_url, dict(young.upload_headers))
    late_again = requests.get(ended.download_url, timeout=40)
    fetched = requests.get(young.download_url, timeout=40)

    for refused in (late, late_again):
        assert (refused.status_code, code_of(refused)) == (403, "AccessDenied")
        assert "Request has expired" in refused.text
    assert in_time.status_code == 200
    assert (fetched.status_code, fetched.content) == (200, CONTENT)
