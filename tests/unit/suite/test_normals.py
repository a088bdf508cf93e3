"""Volatile values are compared by what their rules leave open, and by nothing less."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from contract.suite import normals, presigned, rules
from contract.suite.exchanges import Key, Response
from contract.suite.expressions import Record
from contract.suite.items import USERS, Layout
from contract.suite.language import OwnText
from contract.suite.sides import Side, bound_ids
from tests.unit.suite.made import ITEM, NEW, OLD, RECEIVED, SENT, exchange, observed
from tests.unit.suite.test_presigned import DOWNLOAD, GOOD_URL

READ = observed(exchange(before={Key(USERS, OLD): ITEM}))
BLIND = observed(exchange())
LATER = 86_400_000


def side(**more: Any) -> Side:
    own = OwnText("email", "@c.r.example"), OwnText("key", "-c-r")
    return Side(own=own, start_ms=SENT, **more)


def test_own_names_are_named_in_texts() -> None:
    one = side(names={OLD: "<ada>"})

    told = one.text(f"/users/{OLD} ada@c.r.example k-c-r {NEW}")

    assert told == f"/users/<ada> ada@<own domain> k<own key> {NEW}"


def test_side_without_names_leaves_texts_alone() -> None:
    assert Side().text(f"ada@c.r.example k-c-r {OLD}") == f"ada@c.r.example k-c-r {OLD}"


def test_ids_a_case_has_bound_are_named_for_it() -> None:
    record = Record(USERS, OLD, {}, {})

    bound = {"ada": record, "id": NEW, "n": 1}
    assert bound_ids(bound, ["ulid"]) == {OLD: "<ada>", NEW: "<id>"}
    assert bound_ids(bound, ["uuid"]) == {OLD: "<ada>"}
    many = bound_ids({"many": [record, NEW]}, ["ulid"])
    assert many == {OLD: "<many.0>", NEW: "<many.1>"}


def test_same_place_in_two_sequences_has_the_same_name() -> None:
    one, other = side(), side()

    pairs = [(normals.identity(OLD, READ, one), normals.identity(NEW, READ, other))]
    pairs.append((normals.identity(NEW, READ, one), normals.identity(OLD, READ, other)))

    assert all(left == right for left, right in pairs)
    assert pairs[0] != pairs[1]
    assert normals.identity("no id", READ, one) == "no id"


@pytest.mark.parametrize(
    "values", [(True, 1), (1, 1.0), (0, False), (None, "None"), ([True], [1])]
)
def test_values_of_two_kinds_are_two_values(values: tuple[Any, Any]) -> None:
    left, right = (normals.plain(value, None, side()) for value in values)

    assert left != right


def test_rule_that_holds_stands_for_the_value_and_one_that_does_not_for_nothing() -> (
    None
):
    normal = normals.by_rule(rules.time_of_id)

    held = normal(SENT - 60_000, READ, side())
    assert held == ("time-of-id",)
    assert normal(SENT, READ, side()) == normals.plain(SENT, None, side())


def test_time_that_no_rule_fixes_is_relative_to_the_start() -> None:
    assert normals.time_of_write(SENT - 60_000, READ, side()) == ("time-of-write",)
    assert normals.time_of_write(SENT - 60_000, BLIND, side()) == normals.Moment(
        SENT - 60_000, -60_000
    )
    assert normals.moment("x", BLIND, side()) == "x"


def test_time_is_alike_as_it_stands_or_relative_to_the_start() -> None:
    early, late = Side(start_ms=1_000), Side(start_ms=2_000)

    assert normals.moment(5_000, BLIND, early) == normals.moment(6_000, BLIND, late)
    assert normals.moment(5_000, BLIND, early) == normals.moment(5_000, BLIND, late)
    assert normals.moment(5_000, BLIND, early) != normals.moment(6_001, BLIND, late)
    assert normals.moment(5_000, BLIND, early) != ("start", 4_000)


def _cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ([{"userId": OLD, "createdAt": SENT}], ("behind the last of the page",)),
        ([{"userId": NEW, "createdAt": SENT}], ("behind", "start+0", "<ada>")),
        ([{"createdAt": SENT}], ("behind", "start+0", "<ada>")),
        ([1], ("behind", "start+0", "<ada>")),
        ([], ("behind", "start+0", "<ada>")),
        (None, ("behind", "start+0", "<ada>")),
    ],
)
def test_cursor_is_compared_by_the_record_it_stands_behind(
    items: Any, told: tuple[str, ...]
) -> None:
    page = replace(READ, document={"items": items})

    named = side(names={OLD: "<ada>"})

    assert normals.cursor(_cursor(f"{SENT}.{OLD}"), page, named) == told


@pytest.mark.parametrize("value", ["MQ==", "M", "", 1, "-_-_"])
def test_cursor_that_is_none_is_compared_as_it_stands(value: Any) -> None:
    told = normals.cursor(value, READ, side())

    assert told == normals.plain(value, None, side())


def test_cursor_without_a_time_keeps_its_text() -> None:
    assert normals.cursor(_cursor("x.y"), READ, side()) == ("behind", "x", "y")


URL = normals.signed_url(presigned.download_url)
SIGNED = (
    f"{GOOD_URL}&X-Amz-Credential=AKIA%2F20260213%2Fus-east-1%2Fs3%2Faws4_request"
    f"&X-Amz-Security-Token=a%2Fb&X-Amz-Signature={64 * 'a'}"
)


def test_urls_of_two_roles_are_alike() -> None:
    other = SIGNED.replace("AKIA", "ASIB").replace(64 * "a", 64 * "b")
    other = other.replace("a%2Fb", "c%2Fd")

    assert URL(SIGNED, DOWNLOAD, side()) == URL(other, DOWNLOAD, side())


def test_order_of_parameters_means_nothing() -> None:
    base, _, query = SIGNED.partition("?")
    other = f"{base}?{'&'.join(reversed(query.split('&')))}"

    assert URL(SIGNED, DOWNLOAD, side()) == URL(other, DOWNLOAD, side())


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
    assert URL(SIGNED, DOWNLOAD, side()) != URL(other, DOWNLOAD, side())


def test_bucket_goes_by_its_part_in_the_url() -> None:
    other = SIGNED.replace("//bucket.", "//pail.")
    layouts = [Layout("u", "a", name, 4) for name in ("bucket", "pail")]
    left, right = (side(layout=layout) for layout in layouts)

    assert URL(SIGNED, DOWNLOAD, left) == URL(other, DOWNLOAD, right)
    assert URL(1, DOWNLOAD, left) == normals.plain(1, None, left)


def _dated(value: Any) -> Any:
    return normals.http_date(value, READ, side())


def test_date_of_the_exchange_is_just_that() -> None:
    assert _dated("Fri, 13 Feb 2026 16:26:40 GMT") == ("during the exchange",)
    assert _dated("Fri, 13 Feb 2026 16:26:39 GMT") != ("during the exchange",)
    assert _dated("Fri, 13 Feb 2026 16:26:41 GMT") != ("during the exchange",)
    assert _dated("yesterday") == "yesterday"


@pytest.mark.parametrize(
    ("normal", "good", "bad"),
    [
        (normals.during, SENT, SENT - 1),
        (normals.during, RECEIVED, RECEIVED + 1),
        (normals.length_of_body, "155", "154"),
        (normals.duration, 1, 2),
        (normals.duration, 0, -1),
        (normals.duration, 1, 1.0),
        (normals.cold_start, True, 2),
        (normals.cold_start, 0, "0"),
        (normals.own_text, "KeyError", ""),
        (normals.own_text, ["a.py:1 f"], []),
        (normals.own_text, ["a.py:1 f"], ["a.py:1 f", 1]),
        (normals.request_id, "r", "s"),
        (normals.request_id, "r", 1),
    ],
)
def test_form_holds_its_rule(normal: normals.Normal, good: Any, bad: Any) -> None:
    own = side()
    length = len(READ.exchange.response.body)
    good = str(length) if good == "155" else good
    bad = str(length - 1) if bad == "154" else bad

    assert normal(good, READ, own) != normals.plain(good, None, own)
    assert normal(bad, READ, own) == normals.plain(bad, None, own)


def test_implementation_is_known_by_its_targets_name() -> None:
    known = replace(READ, exchange=replace(READ.exchange, implementation="python"))

    assert normals.implementation("python", known, side()) == ("its own name",)
    assert normals.implementation("typescript", known, side()) == "typescript"


def test_namespace_is_known_by_what_the_stack_says() -> None:
    known = replace(READ, exchange=replace(READ.exchange, namespace="P/one"))

    assert normals.metrics_namespace("P/one", known, side()) == ("its own namespace",)
    assert normals.metrics_namespace("P/two", known, side()) == "P/two"
    assert normals.metrics_namespace("P", READ, side()) == ("its own namespace",)
    assert normals.metrics_namespace(1, READ, side()) == normals.plain(1, None, side())


def test_implementation_without_a_known_name_has_one_of_its_own() -> None:
    told = [normals.implementation(name, READ, side()) for name in ("a", "b")]

    assert told[0] == told[1]
    assert normals.implementation(1, READ, side()) == normals.plain(1, None, side())


@pytest.mark.parametrize(
    ("response", "value"),
    [
        (Response(200, (("x-request-id", "x"),), request_id="given"), "given"),
        (Response(200, (("apigw-requestid", "g"), ("x-request-id", "x"))), "g"),
    ],
)
def test_request_id_is_the_gateways(response: Response, value: str) -> None:
    of = replace(READ, exchange=replace(READ.exchange, response=response))

    assert normals.request_id(value, of, side()) == ("the request's id",)
    assert normals.request_id("x", of, side()) == "x"


def test_kind_of_own_words_is_compared() -> None:
    told = [normals.own_text(value, READ, side()) for value in ("a", ["a"])]

    assert told[0] != told[1]
    assert normals.of_the_gateway("x", READ, side()) == ("of the gateway",)
    assert normals.below("x", READ, side()) is None
