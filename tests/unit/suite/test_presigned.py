from __future__ import annotations

from dataclasses import replace

import pytest

from contract.plugin.keys import asset_key
from contract.suite import presigned
from tests.unit.suite.made import (
    OLD,
    SENT,
    exchange,
    observed,
)

GOOD_URL = (
    "https://bucket.s3.us-east-1.amazonaws.com/assets/A/%C3%A9.txt"
    "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260213T162640Z"
    "&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&response-content-disposition="
    "attachment%3B%20filename%2A%3DUTF-8%27%27%25C3%25A9.txt"
)
PIC = {"s3Key": "assets/A/é.txt", "fileName": "é.txt", "status": "uploaded"}
DOWNLOAD = observed(
    exchange(stored={asset_key(OLD): PIC}),
    key=asset_key(OLD),
    document={"url": GOOD_URL},
)


def test_signed_url_holds() -> None:
    assert presigned.download_url(GOOD_URL, DOWNLOAD) == ""
    assert presigned.download_end(SENT + 3_600_000, DOWNLOAD) == ""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("=3600", "=3601", "X-Amz-Expires=3600"),
        ("SignedHeaders=host", "SignedHeaders=host%3Bx", "X-Amz-SignedHeaders=host"),
        ("AWS4-HMAC-SHA256", "AWS", "X-Amz-Algorithm=AWS4-HMAC-SHA256"),
        ("/A/", "/B/", "the key assets/A/é.txt"),
        ("T162640Z", "T162639Z", "X-Amz-Date within the exchange"),
        ("T162640Z", "T162641Z", "X-Amz-Date within the exchange"),
        ("T162640Z", "", "X-Amz-Date within the exchange"),
        ("%25C3", "%C3", "response-content-disposition="),
    ],
)
def test_signed_url_does_not_hold(old: str, new: str, expected: str) -> None:
    told = presigned.download_url(GOOD_URL.replace(old, new), DOWNLOAD)

    assert told.startswith(expected)


def test_what_is_no_url_has_no_end() -> None:
    assert presigned.download_url(1, DOWNLOAD) == "a URL"
    nothing = replace(DOWNLOAD, document={"upload": 1})
    assert presigned.download_end(1, nothing) == "an hour after X-Amz-Date"
    assert presigned.upload_end(1, nothing) == "an hour after X-Amz-Date"
    assert presigned.download_end("x", DOWNLOAD) == "an hour after X-Amz-Date"


def test_checksum_is_signed_and_sent_where_it_is_given() -> None:
    shown = {"contentType": "a/b", "size": 3, "checksumSha256": "c="}
    asset = replace(DOWNLOAD, document=shown)
    headers = {
        "content-type": "a/b",
        "content-length": "3",
        "if-none-match": "*",
        "x-amz-checksum-sha256": "c=",
    }

    assert presigned.upload_headers(headers, asset) == ""
    assert presigned.upload_headers({**headers, "content-length": 3}, asset) != ""
    assert presigned.upload_url(GOOD_URL, asset).endswith(";x-amz-checksum-sha256")


def test_disposition_escapes_all_but_attr_chars() -> None:
    shown = presigned.disposition("a !#$&+-.^_`|~'()*é")

    start = "attachment; filename*=UTF-8''"
    assert shown == f"{start}a%20!#$&+-.^_`|~%27%28%29%2A%C3%A9"
