"""Rules, logs and conformance, each on exchanges made by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contract.suite import presigned, rules
from contract.suite.conformance import gateway_mismatches, response_mismatches
from contract.suite.exchanges import Exchange, Key, Request, Response
from contract.suite.items import ASSETS, USERS, Layout
from contract.suite.logs import TAIL_OCTETS, log_mismatches, read_log
from contract.suite.rules import Subject
from contract.suite.ulids import new_ulid

if TYPE_CHECKING:
    from contract.suite.openapi import Contract

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
    request = Request(method, f"/users/{OLD}")
    response = Response(status, (*HEADERS, ("etag", '"3"')), json.dumps(USER).encode())
    return Exchange("getUser", request, response, SENT, RECEIVED, 1, **more)


def subject(made: Exchange, **changes: Any) -> Subject:
    whole = Subject(
        made,
        made.json(),
        Key(USERS, OLD),
        OLD,
        frozenset({OLD}),
        Layout("u", "a", "bucket", 4),
        0,
    )
    return replace(whole, **changes)


READ = subject(exchange(before={Key(USERS, OLD): ITEM}))
PUT = subject(exchange("PUT", before={Key(USERS, OLD): ITEM}))
CREATED = subject(exchange("POST", 201), key=Key(USERS, NEW), path_id=None)
BLIND = subject(exchange())


@pytest.mark.parametrize(
    ("rule", "value", "of"),
    [
        (rules.identity, NEW, CREATED),
        (rules.identity, OLD, READ),
        (rules.identity, OLD, replace(READ, path_id=None)),
        (rules.time_of_id, SENT - 60_000, READ),
        (rules.time_of_id, 1, replace(READ, shown={})),
        (rules.time_of_write, SENT - 60_000, READ),
        (rules.time_of_write, SENT, PUT),
        (rules.time_of_write, RECEIVED, BLIND),
        (rules.version, 1, CREATED),
        (rules.version, 3, READ),
        (rules.version, 4, PUT),
        (rules.version, 9, BLIND),
        (rules.write_id, 32 * "b", PUT),
        (rules.write_id, 32 * "a", READ),
        (rules.write_id, 32 * "c", BLIND),
        (rules.ttl, 3, replace(READ, shown={"expiresAt": 2001})),
        (rules.list_shard, 0, READ),
        (rules.list_shard, 7, replace(READ, layout=None)),
        (rules.bucket, "bucket", READ),
        (rules.bucket, "x", replace(READ, layout=None)),
        (rules.thirty_days, 2_592_000_005, replace(BLIND, shown={"createdAt": 5})),
        (rules.thirty_days, 5, replace(BLIND, shown={})),
        (
            rules.object_key,
            "assets/A/f",
            replace(BLIND, shown={"assetId": "A", "fileName": "f"}),
        ),
        (rules.one_day, 86_400_001, replace(BLIND, shown={"createdAt": 1})),
        (rules.one_day, 1, replace(BLIND, shown={})),
    ],
)
def test_rule_holds(rule: rules.Rule, value: object, of: Subject) -> None:
    assert rule(value, of) == ""


@pytest.mark.parametrize(
    ("rule", "value", "of", "expected"),
    [
        (rules.identity, "x", READ, "a ULID"),
        (rules.identity, OLD, CREATED, "a ULID made during the exchange"),
        (rules.identity, NEW, READ, repr(OLD)),
        (
            rules.identity,
            OLD,
            replace(CREATED, key=Key(USERS, OLD)),
            "an id that was not there before",
        ),
        (rules.time_of_id, SENT, READ, str(SENT - 60_000)),
        (rules.time_of_write, SENT, READ, str(SENT - 60_000)),
        (rules.time_of_write, SENT - 1, PUT, f"a time from {SENT} to {RECEIVED}"),
        (
            rules.time_of_write,
            RECEIVED + 1,
            BLIND,
            f"a time from createdAt to {RECEIVED}",
        ),
        (rules.time_of_write, True, PUT, f"a time from {SENT} to {RECEIVED}"),
        (rules.version, 3, PUT, "4"),
        (rules.version, 3.0, READ, "3"),
        (rules.version, 0, BLIND, "1 or more"),
        (rules.write_id, 32 * "A", READ, "32 lower-case hexadecimal digits"),
        (rules.write_id, 32 * "a", PUT, "a writeId other than before"),
        (rules.write_id, 32 * "b", READ, repr(32 * "a")),
        (rules.ttl, 2, replace(READ, shown={"expiresAt": 2001}), "3"),
        (rules.ttl, 2, replace(READ, shown={}), "no ttl"),
        (rules.list_shard, 1, READ, "0"),
    ],
)
def test_rule_does_not_hold(
    rule: rules.Rule, value: object, of: Subject, expected: str
) -> None:
    assert rule(value, of) == expected


def test_repeat_under_a_key_may_answer_the_same_id() -> None:
    made = exchange("POST", 201)
    request = replace(made.request, headers=(("Idempotency-Key", "k"),))
    repeat = subject(replace(made, request=request), path_id=None)

    assert rules.identity(OLD, repeat) == ""


def test_what_a_key_was_first_used_for_stays() -> None:
    key = Key(USERS, "idempotency#createUser#k")
    kept = {"bodySha256": "x", "createdAt": 5, "expiresAt": RECEIVED + 1}
    known = subject(exchange(before={key: kept}), key=key)
    expired = subject(exchange(before={key: {**kept, "expiresAt": 1}}), key=key)

    assert rules.body_digest("x", known) == ""
    assert rules.body_digest("y", known) == "'x'"
    assert rules.time_of_first_request(5, known) == ""
    assert rules.time_of_first_request(5, expired) != ""
    assert rules.body_digest("x", expired).startswith("'e3b0c442")


def test_asset_keeps_its_key_and_its_end() -> None:
    key = Key(ASSETS, OLD)
    kept = {"s3Key": "assets/x", "expiresAt": 7, "status": "pending"}
    known = subject(exchange(before={key: kept}), key=key)

    assert rules.object_key("assets/x", known) == ""
    assert rules.thirty_days(7, known) == ""
    assert not rules.arrived(kept, kept)
    assert rules.arrived(kept, {**kept, "status": "uploaded"})


GOOD_URL = (
    "https://bucket.s3.us-east-1.amazonaws.com/assets/A/%C3%A9.txt"
    "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260213T162640Z"
    "&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&response-content-disposition="
    "attachment%3B%20filename%2A%3DUTF-8%27%27%25C3%25A9.txt"
)
PIC = {"s3Key": "assets/A/é.txt", "fileName": "é.txt", "status": "uploaded"}
DOWNLOAD = subject(
    exchange(stored={Key(ASSETS, OLD): PIC}),
    key=Key(ASSETS, OLD),
    shown={"url": GOOD_URL},
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
    nothing = replace(DOWNLOAD, shown={"upload": 1})
    assert presigned.download_end(1, nothing) == "an hour after X-Amz-Date"
    assert presigned.upload_end(1, nothing) == "an hour after X-Amz-Date"
    assert presigned.download_end("x", DOWNLOAD) == "an hour after X-Amz-Date"


def test_checksum_is_signed_and_sent_where_it_is_given() -> None:
    shown = {"contentType": "a/b", "size": 3, "checksumSha256": "c="}
    asset = replace(DOWNLOAD, shown=shown)
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


def told(contract: Contract, response: Response) -> list[str]:
    made = replace(exchange(), response=response)
    return [each.where for each in response_mismatches(contract, made, frozenset())]


def test_response_is_held_to_the_document(contract: Contract) -> None:
    good = exchange().response

    assert told(contract, good) == []
    assert told(contract, replace(good, status=418)) == ["status"]
    assert told(contract, replace(good, body=b"{")) == ["body"]
    assert told(contract, replace(good, body=b'{"a":NaN}')) == ["body"]
    assert told(contract, replace(good, headers=HEADERS)) == ["header etag"]
    assert told(contract, replace(good, request_id="other")) == ["header x-request-id"]
    weak = (*HEADERS, ("etag", 'W/"3"'))
    assert told(contract, replace(good, headers=weak)) == ["header etag"]
    plain = (*HEADERS[:2], ("etag", '"3"'), ("content-type", "text/plain"))
    assert told(contract, replace(good, headers=plain)) == ["header content-type"]


def test_status_without_a_body_has_none(contract: Contract) -> None:
    headers = (*HEADERS[:2], ("etag", '"3"'))

    assert told(contract, Response(304, headers)) == []
    assert told(contract, Response(304, headers, b"x")) == ["body"]
    typed = (*headers, ("content-type", "application/json"))
    assert told(contract, Response(304, typed)) == ["header content-type"]


def test_gateway_says_a_message(contract: Contract) -> None:
    good = replace(exchange(), response=Response(404, (), b'{"message":"Not Found"}'))
    bad = replace(exchange(), response=Response(404, (), b'{"error":1}'))

    assert list(gateway_mismatches(contract, good)) == []
    assert list(gateway_mismatches(contract, bad)) != []


LINE = {
    "timestamp": SENT,
    "level": "info",
    "event": "request",
    "operation": "getUser",
    "requestId": "r",
    "implementation": "python",
    "functionVersion": "1",
    "status": 200,
    "requestBytes": 0,
    "responseBytes": len(exchange().response.body),
    "durationMicroseconds": 5,
    "coldStart": False,
}
METRIC = {
    "_aws": {
        "Timestamp": SENT,
        "CloudWatchMetrics": [
            {
                "Namespace": "ParityReferenceService",
                "Dimensions": [["operation", "implementation", "functionVersion"]],
                "Metrics": [
                    {"Name": "Requests", "Unit": "Count"},
                    {"Name": "Latency", "Unit": "Microseconds"},
                    {"Name": "ClientFaults", "Unit": "Count"},
                    {"Name": "ServerFaults", "Unit": "Count"},
                    {"Name": "ColdStarts", "Unit": "Count"},
                ],
            }
        ],
    },
    "operation": "getUser",
    "implementation": "python",
    "functionVersion": "1",
    "Requests": 1,
    "Latency": 5,
    "ClientFaults": 0,
    "ServerFaults": 0,
    "ColdStarts": 0,
}


def logged(contract: Contract, *lines: object, request_id: str = "r") -> list[str]:
    tail = "START RequestId: x\n"
    for line in lines:
        tail += (line if isinstance(line, str) else json.dumps(line)) + "\n"
    tail += "END RequestId: x\nREPORT RequestId: x\n\n"
    response = replace(exchange().response, log=tail, request_id=request_id)
    events, _ = read_log(tail)
    made = replace(exchange(), response=response, events=events)
    return [each.where for each in log_mismatches(contract, made, "secret.example")]


def test_log_is_held_to_its_schemas(contract: Contract) -> None:
    assert logged(contract, LINE, METRIC) == []
    assert logged(contract, LINE, METRIC, request_id="") == []
    assert logged(contract, {**LINE, "extra": 1}, METRIC) == ["log 0"]
    assert logged(contract, LINE, {**METRIC, "Requests": 2}) == ["log 1 /Requests"]
    assert logged(contract, METRIC) == ["log request lines"]
    assert logged(contract, LINE, LINE, METRIC) == ["log request lines"]
    assert logged(contract, LINE) == ["log metric lines"]
    assert logged(contract, {**LINE, "status": 404}, METRIC) == ["log request /status"]


def test_stray_line_and_address_are_found(contract: Contract) -> None:
    assert logged(contract, "hello", "[1]", LINE, METRIC) == ["log", "log"]
    named = {**LINE, "operation": "getUser", "requestId": "a@secret.example"}
    assert "log" in logged(contract, named, METRIC)


def test_exchange_without_a_log_is_not_judged_by_it(contract: Contract) -> None:
    assert list(log_mismatches(contract, exchange(), "x")) == []
    assert read_log(None) == ((), [])


def test_first_line_of_a_full_tail_may_be_cut() -> None:
    cut = 'ge": "x"}\n' + json.dumps({"a": TAIL_OCTETS * "b"})

    assert read_log(cut) == (({"a": TAIL_OCTETS * "b"},), [])
