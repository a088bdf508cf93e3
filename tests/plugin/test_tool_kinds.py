"""Volatile values are compared by what their kinds leave open, and by nothing less."""

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


def side(**more: Any) -> Names:
    own = OwnText("email", "@c.r.example"), OwnText("key", "-c-r")
    return Names(own=own, start_ms=SENT, **more)


def test_own_names_are_named_in_texts() -> None:
    one = side(names={OLD: "<ada>"})

    told = one.text(f"/users/{OLD} ada@c.r.example k-c-r {NEW}")

    assert told == f"/users/<ada> ada@<own domain> k<own key> {NEW}"


def test_side_without_names_leaves_texts_alone() -> None:
    assert (
        Names().text(f"ada@c.r.example k-c-r {OLD}") == f"ada@c.r.example k-c-r {OLD}"
    )


def test_ids_a_case_has_bound_are_named_for_it() -> None:
    record = Record(USERS, OLD, {}, {})

    bound = {"ada": record, "id": NEW, "n": 1}

    assert bound_ids(bound, ["ulid"]) == {OLD: "<ada>", NEW: "<id>"}
    assert bound_ids(bound, ["uuid"]) == {OLD: "<ada>"}
    many = bound_ids({"many": [record, NEW]}, ["ulid"])
    assert many == {OLD: "<many.0>", NEW: "<many.1>"}


def test_same_place_in_two_sequences_has_the_same_name() -> None:
    one, other = side(), side()

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
    left, right = (as_is(value, None, side()) for value in values)

    assert left != right


def test_kind_without_a_form_compares_only_what_is_not_as_expected() -> None:
    kind = Kind("even", lambda value, _: "" if value % 2 == 0 else "an even number")

    assert kind.canonical(2, READ, side()) == kind.canonical(4, READ, side())
    assert kind.canonical(3, READ, side()) == as_is(3, None, side())


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
def test_id_is_new_or_the_one_asked_for_in_the_notations_of_the_service(
    value: Any, of: Observation, words: str
) -> None:
    config = Config(Path(), notations=("uuid",))
    kind = tool_kinds(config)["identity"]

    told = kind.expected(value, of)
    assert words in told if words else told == ""


def test_either_of_two_notations_is_an_id() -> None:
    kind = tool_kinds(Config(Path()))["identity"]

    assert kind.expected("x", READ) == "a ULID or a UUID"
    assert kind.expected(OLD, READ) == ""


@pytest.mark.parametrize(("header", "words"), [("once", ""), ("other", "not there")])
def test_repeat_is_told_by_the_header_that_the_service_names(
    header: str, words: str
) -> None:
    config = Config(Path(), idempotency=Idempotency(header, 9))
    made = exchange("POST", 201)
    sent = replace(made.request, headers=(("Once", "k"),))
    repeat = observed(replace(made, request=sent), requested_id=None)

    told = tool_kinds(config)["identity"].expected(OLD, repeat)
    assert words in told if words else told == ""


def test_time_is_alike_as_it_stands_or_relative_to_the_start() -> None:
    early, late = Names(start_ms=1_000), Names(start_ms=2_000)

    def relative_time(value: int, own: Names) -> Any:
        return canonical("relative-time", value, BLIND, own)

    assert relative_time(5_000, early) == relative_time(6_000, late)
    assert relative_time(5_000, early) == relative_time(5_000, late)
    assert relative_time(5_000, early) != relative_time(6_001, late)
    assert relative_time(5_000, early) != ("start", 4_000)
    assert canonical("relative-time", "x", BLIND, early) == "x"


def _dated(value: Any) -> Any:
    return canonical("http-date", value, READ, side())


def test_date_of_the_exchange_is_just_that() -> None:
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
def test_form_stands_for_what_is_of_the_kind_alone(
    name: str, good: Any, bad: Any
) -> None:
    own = side()
    length = len(READ.exchange.response.body)
    good = str(length) if good == "155" else good
    bad = str(length - 1) if bad == "154" else bad

    assert canonical(name, good, READ, own) != as_is(good, None, own)
    assert canonical(name, bad, READ, own) == as_is(bad, None, own)


def test_implementation_is_known_by_its_targets_name() -> None:
    known = replace(READ, exchange=replace(READ.exchange, implementation="python"))

    assert canonical("implementation", "python", known, side()) == ("its own name",)
    assert canonical("implementation", "typescript", known, side()) == "typescript"


def test_namespace_is_known_by_what_the_stack_says() -> None:
    known = replace(READ, exchange=replace(READ.exchange, namespace="P/one"))

    assert canonical("metrics-namespace", "P/one", known, side()) == ("its own",)
    assert canonical("metrics-namespace", "P/two", known, side()) == "P/two"
    assert canonical("metrics-namespace", "P", READ, side()) == ("its own",)
    assert canonical("metrics-namespace", 1, READ, side()) == as_is(1, None, side())


def test_implementation_without_a_known_name_has_one_of_its_own() -> None:
    told = [canonical("implementation", name, READ, side()) for name in ("a", "b")]

    assert told[0] == told[1]
    assert canonical("implementation", 1, READ, side()) == as_is(1, None, side())


@pytest.mark.parametrize(
    ("response", "value"),
    [
        (Response(200, (("x-request-id", "x"),), request_id="given"), "given"),
        (Response(200, (("apigw-requestid", "g"), ("x-request-id", "x"))), "g"),
    ],
)
def test_request_id_is_the_gateways(response: Response, value: str) -> None:
    of = replace(READ, exchange=replace(READ.exchange, response=response))

    assert canonical("request-id", value, of, side()) == ("the request's id",)
    assert canonical("request-id", "x", of, side()) == "x"


def test_kind_of_own_words_is_compared() -> None:
    told = [canonical("own-text", value, READ, side()) for value in ("a", ["a"])]

    assert told[0] != told[1]
    assert canonical("of-the-gateway", "x", READ, side()) == ("of-the-gateway",)
    assert canonical("anything", "x", READ, side()) is None
