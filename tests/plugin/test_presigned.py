from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contract.plugin import presigned
from contract.plugin.keys import OBJECTS, asset_key
from tests.plugin.made import OLD, SENT, exchange, observed
from twinproof.cases.language import OwnText
from twinproof.domain.kinds import as_is
from twinproof.domain.names import Names
from twinproof.stores.resources import Resources

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


def test_valid_url_passes() -> None:
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
def test_invalid_url_is_a_mismatch(old: str, new: str, expected: str) -> None:
    found = presigned.download_url(GOOD_URL.replace(old, new), DOWNLOAD)

    assert found.startswith(expected)


def test_text_that_is_not_a_url_has_no_expiry() -> None:
    assert presigned.download_url(1, DOWNLOAD) == "a URL"
    nothing = replace(DOWNLOAD, document={"upload": 1})
    assert presigned.download_end(1, nothing) == "an hour after X-Amz-Date"
    assert presigned.upload_end(1, nothing) == "an hour after X-Amz-Date"
    assert presigned.download_end("x", DOWNLOAD) == "an hour after X-Amz-Date"


def test_given_checksum_is_signed_and_sent() -> None:
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


URL = presigned.signed_url(presigned.download_url)
SIGNED = (
    f"{GOOD_URL}&X-Amz-Credential=AKIA%2F20260213%2Fus-east-1%2Fs3%2Faws4_request"
    f"&X-Amz-Security-Token=a%2Fb&X-Amz-Signature={64 * 'a'}"
)


def make_names(**more: Any) -> Names:
    own = OwnText("email", "@c.r.example"), OwnText("key", "-c-r")
    return Names(own=own, start_ms=SENT, **more)


def test_urls_of_two_roles_are_equal() -> None:
    other = SIGNED.replace("AKIA", "ASIB").replace(64 * "a", 64 * "b")
    other = other.replace("a%2Fb", "c%2Fd")

    assert URL(SIGNED, DOWNLOAD, make_names()) == URL(other, DOWNLOAD, make_names())


def test_order_of_parameters_does_not_matter() -> None:
    base, _, query = SIGNED.partition("?")
    other = f"{base}?{'&'.join(reversed(query.split('&')))}"

    assert URL(SIGNED, DOWNLOAD, make_names()) == URL(other, DOWNLOAD, make_names())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("%C3%A9", "%c3%a9"),
        ("https:", "http:"),
        ("us-east-1.", "us-east-2."),
        ("%2Fs3%2F", "%2Fx%2F"),
        ("%2Fs3%2F", "%2fs3%2f"),
        ("a%2Fb", "a/b"),
        (64 * "a", 63 * "a"),
        ("&X-Amz-Signature", "&X-Amz-Meta=1&X-Amz-Signature"),
        ("X-Amz-Expires=3600", "X-Amz-Expires=600"),
        ("attachment%3B%20", "attachment%3B+"),
    ],
)
def test_urls_that_differ_in_anything_else_differ(old: str, new: str) -> None:
    other = SIGNED.replace(old, new, 1)

    assert other != SIGNED
    assert URL(SIGNED, DOWNLOAD, make_names()) != URL(other, DOWNLOAD, make_names())


def test_bucket_is_compared_by_its_name_in_the_contract() -> None:
    other = SIGNED.replace("//bucket.", "//pail.")
    both = [Resources({OBJECTS: name}) for name in ("bucket", "pail")]
    left, right = (make_names(resources=each) for each in both)

    assert URL(SIGNED, DOWNLOAD, left) == URL(other, DOWNLOAD, right)
    assert URL(1, DOWNLOAD, left) == as_is(1, None, left)
