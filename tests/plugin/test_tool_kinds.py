"""Volatile values are compared by the canonical forms of their kinds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contract.plugin.keys import USERS, user_key
from tests.plugin.made import ITEM, NEW, OLD, RECEIVED, SENT, exchange, observed
from twinproof.cases.language import OwnText, Record
from twinproof.contract.config import Config, Idempotency, RequestId
from twinproof.domain.kinds import Kind, as_is
from twinproof.domain.names import Names, bound_ids
from twinproof.domain.observation import Observation
from twinproof.domain.tool_kinds import tool_kinds
from twinproof.exchange.model import Response

READ = observed(exchange(before={user_key(OLD): ITEM}))
BLIND = observed(exchange())
UUID = "01234567-89ab-cdef-0123-456789abcdef"
CREATED = observed(exchange("POST", 201), key=user_key(UUID), requested_id=None)
KINDS = tool_kinds(
    Config(
        Path(),
        notations=("ulid",),
        request_id=RequestId("x-request-id", "apigw-requestid"),
    )
)


def canonical(name: str, value: object, of: Observation, own: Names) -> Any:
    return KINDS[name].canonical(value, of, own)


def make_names(**more: Any) -> Names:
    own = OwnText("email", "@c.r.example"), OwnText("key", "-c-r")
    return Names(own=own, start_ms=SENT, **more)


def test_own_values_in_texts_are_replaced_by_names() -> None:
    one = make_names(names={OLD: "<ada>"})

    forms = one.text(f"/users/{OLD} ada@c.r.example k-c-r {NEW}")

    assert forms == f"/users/<ada> ada@<own domain> k<own key> {NEW}"


def test_target_without_names_leaves_texts_unchanged() -> None:
    assert (
        Names().text(f"ada@c.r.example k-c-r {OLD}") == f"ada@c.r.example k-c-r {OLD}"
    )


def test_bound_ids_are_named_by_their_case() -> None:
    record = Record(USERS, OLD, {}, {})

    bound = {"ada": record, "id": NEW, "n": 1}

    assert bound_ids(bound, ["ulid"]) == {OLD: "<ada>", NEW: "<id>"}
    assert bound_ids(bound, ["uuid"]) == {OLD: "<ada>"}
    many = bound_ids({"many": [record, NEW]}, ["ulid"])
    assert many == {OLD: "<many.0>", NEW: "<many.1>"}


def test_same_label_in_two_sequences_has_the_same_name() -> None:
    one, other = make_names(), make_names()

    pairs = [
        tuple(
            canonical("identity", value, READ, own)
            for value, own in ((left, one), (right, other))
        )
        for left, right in ((OLD, NEW), (NEW, OLD))
    ]

    assert all(left == right for left, right in pairs)
    assert pairs[0] != pairs[1]
    assert canonical("identity", "no id", READ, one) == "no id"


@pytest.mark.parametrize(
    "values", [(True, 1), (1, 1.0), (0, False), (None, "None"), ([True], [1])]
)
def test_values_of_two_kinds_are_two_values(values: tuple[Any, Any]) -> None:
    left, right = (as_is(value, None, make_names()) for value in values)

    assert left != right


def test_kind_without_a_form_compares_only_unexpected_values() -> None:
    kind = Kind("even", lambda value, _: "" if value % 2 == 0 else "an even number")

    assert kind.canonical(2, READ, make_names()) == kind.canonical(
        4, READ, make_names()
    )
    assert kind.canonical(3, READ, make_names()) == as_is(3, None, make_names())


@pytest.mark.parametrize(
    ("value", "of", "words"),
    [
        (UUID, CREATED, ""),
        (
            UUID,
            replace(CREATED, exchange=exchange("POST", 201, earlier={UUID})),
            "that was not there",
        ),
        (UUID, replace(READ, requested_id=UUID), ""),
        (UUID, READ, repr(OLD)),
        (OLD, READ, "a UUID"),
        (1, READ, "a UUID"),
    ],
)
def test_id_is_new_or_the_requested_one(
    value: Any, of: Observation, words: str
) -> None:
    config = Config(Path(), notations=("uuid",))
    kind = tool_kinds(config)["identity"]

    forms = kind.expected(value, of)
    assert words in forms if words else forms == ""


def test_either_of_two_notations_is_an_id() -> None:
    kind = tool_kinds(Config(Path()))["identity"]

    assert kind.expected("x", READ) == "a ULID or a UUID"
    assert kind.expected(OLD, READ) == ""


@pytest.mark.parametrize(("header", "words"), [("once", ""), ("other", "not there")])
def test_repeat_is_recognised_by_the_idempotency_header(
    header: str, words: str
) -> None:
    config = Config(Path(), idempotency=Idempotency(header, 9))
    made = exchange("POST", 201)
    sent = replace(made.request, headers=(("Once", "k"),))
    repeat = observed(replace(made, request=sent), requested_id=None)

    forms = tool_kinds(config)["identity"].expected(OLD, repeat)
    assert words in forms if words else forms == ""


def test_times_are_equal_absolutely_or_relative_to_the_start() -> None:
    early, late = Names(start_ms=1_000), Names(start_ms=2_000)

    def relative_time(value: int, own: Names) -> Any:
        return canonical("relative-time", value, BLIND, own)

    assert relative_time(5_000, early) == relative_time(6_000, late)
    assert relative_time(5_000, early) == relative_time(5_000, late)
    assert relative_time(5_000, early) != relative_time(6_001, late)
    assert relative_time(5_000, early) != ("start", 4_000)
    assert canonical("relative-time", "x", BLIND, early) == "x"


def _dated(value: Any) -> Any:
    return canonical("http-date", value, READ, make_names())


def test_date_must_be_within_the_exchange() -> None:
    assert _dated("Fri, 13 Feb 2026 16:26:40 GMT") == ("during the exchange",)
    assert _dated("Fri, 13 Feb 2026 16:26:39 GMT") != ("during the exchange",)
    assert _dated("Fri, 13 Feb 2026 16:26:41 GMT") != ("during the exchange",)
    assert _dated("yesterday") == "yesterday"


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("during", SENT, SENT - 1),
        ("during", RECEIVED, RECEIVED + 1),
        ("length-of-body", "155", "154"),
        ("duration", 1, 2),
        ("duration", 0, -1),
        ("duration", 1, 1.0),
        ("cold-start", True, 2),
        ("cold-start", 0, "0"),
        ("own-text", "KeyError", ""),
        ("own-text", ["a.py:1 f"], []),
        ("own-text", ["a.py:1 f"], ["a.py:1 f", 1]),
        ("request-id", "r", "s"),
        ("request-id", "r", 1),
    ],
)
def test_only_a_value_of_the_kind_has_its_form(name: str, good: Any, bad: Any) -> None:
    own = make_names()
    length = len(READ.exchange.response.body)
    good = str(length) if good == "155" else good
    bad = str(length - 1) if bad == "154" else bad

    assert canonical(name, good, READ, own) != as_is(good, None, own)
    assert canonical(name, bad, READ, own) == as_is(bad, None, own)


def test_implementation_must_have_the_name_of_its_target() -> None:
    known = replace(READ, exchange=replace(READ.exchange, implementation="python"))

    assert canonical("implementation", "python", known, make_names()) == (
        "its own name",
    )
    assert (
        canonical("implementation", "typescript", known, make_names()) == "typescript"
    )


def test_namespace_must_be_that_of_the_stack() -> None:
    known = replace(READ, exchange=replace(READ.exchange, namespace="P/one"))

    assert canonical("metrics-namespace", "P/one", known, make_names()) == ("its own",)
    assert canonical("metrics-namespace", "P/two", known, make_names()) == "P/two"
    assert canonical("metrics-namespace", "P", READ, make_names()) == ("its own",)
    assert canonical("metrics-namespace", 1, READ, make_names()) == as_is(
        1, None, make_names()
    )


def test_implementation_of_an_unnamed_target_may_have_any_name() -> None:
    forms = [
        canonical("implementation", name, READ, make_names()) for name in ("a", "b")
    ]

    assert forms[0] == forms[1]
    assert canonical("implementation", 1, READ, make_names()) == as_is(
        1, None, make_names()
    )


@pytest.mark.parametrize(
    ("response", "value"),
    [
        (Response(200, (("x-request-id", "x"),), request_id="given"), "given"),
        (Response(200, (("apigw-requestid", "g"), ("x-request-id", "x"))), "g"),
    ],
)
def test_request_id_is_the_gateways(response: Response, value: str) -> None:
    of = replace(READ, exchange=replace(READ.exchange, response=response))

    assert canonical("request-id", value, of, make_names()) == ("the request's id",)
    assert canonical("request-id", "x", of, make_names()) == "x"


def test_kind_of_own_words_is_compared() -> None:
    forms = [canonical("own-text", value, READ, make_names()) for value in ("a", ["a"])]

    assert forms[0] != forms[1]
    assert canonical("of-the-gateway", "x", READ, make_names()) == ("of-the-gateway",)
    assert canonical("anything", "x", READ, make_names()) is None
