from __future__ import annotations

import pytest

from contract.plugin.ulids import is_ulid, new_ulid, shard_of, time_of
from twinproof.cases.expressions import evaluate, evaluate_body
from twinproof.cases.language import Language, Record, Scope
from twinproof.errors import BadExpression, UnboundName

START = 1_771_000_000_000


@pytest.fixture
def scope(language: Language) -> Scope:
    record = Record("users", "A", {"userId": "A", "createdAt": 1}, {"version": 7})
    newer = Record("users", "B", {"userId": "B", "createdAt": 2}, {})
    names = {"ada": record, "many": [record, newer], "plain": {"a": [{"b": 1}]}}
    return Scope(language, "00c0ffee", "0badcafe", START, lambda _: 0, names)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ({"repeat": ["ab", 3]}, "ababab"),
        ({"ref": "ada"}, {"userId": "A", "createdAt": 1}),
        ({"ref": "ada.version"}, 7),
        ({"ref": "ada.userId"}, "A"),
        ({"ref": "plain.a.0.b"}, 1),
        ({"ref": "many.1.userId"}, "B"),
        ({"email": "ada"}, "ada@00c0ffee.0badcafe.example"),
        ({"email": {"repeat": ["a", 3]}}, "aaa@00c0ffee.0badcafe.example"),
        ({"domain": True}, "00c0ffee.0badcafe.example"),
        ({"key": "k"}, "k-00c0ffee-0badcafe"),
        ({"now": -1}, START - 1),
        ({"seconds": {"now": 1}}, START // 1000 + 1),
        ({"seconds": 2000}, 2),
        ({"concat": ["a", 1, {"repeat": ["b", 2]}]}, "a1bb"),
        ({"lower": "ADA\u0130K"}, "ada\u0130k"),
        ({"base64url": "a>?"}, "YT4_"),
        ({"base64url": "a"}, "YQ"),
        (
            {"sha256": "abc"},
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        (
            {"sha256": {"json": {"email": {"repeat": ["é", 1]}}}},
            "3877862b8faa6d8342fdd5d8022be6651986c75150591bec9dc8f0392e6fe27c",
        ),
        (
            {"newestFirst": {"ref": "many"}},
            [{"userId": "B", "createdAt": 2}, {"userId": "A", "createdAt": 1}],
        ),
        ({"slice": [{"ref": "many"}, 1, 2]}, [{"userId": "B", "createdAt": 2}]),
        ({"literal": {"ref": "nothing"}}, {"ref": "nothing"}),
        ({"a": [{"now": 0}], "b": None}, {"a": [START], "b": None}),
    ],
)
def test_expression_is_replaced_by_its_value(
    scope: Scope, expression: object, value: object
) -> None:
    assert evaluate(expression, scope) == value


def test_domain_has_always_25_characters(scope: Scope) -> None:
    assert len(evaluate({"domain": True}, scope)) == 25


def test_key_is_18_characters_longer_than_its_text(scope: Scope) -> None:
    assert len(evaluate({"key": {"repeat": ["k", 237]}}, scope)) == 255


def test_emails_and_keys_that_were_made_are_remembered(scope: Scope) -> None:
    evaluate([{"email": "Ada"}, {"key": "k"}], scope)

    assert scope.own["email"] == {"ada@00c0ffee.0badcafe.example"}
    assert scope.own["key"] == {"k-00c0ffee-0badcafe"}


@pytest.mark.parametrize("name", ["email", "key"])
def test_email_and_key_directly_under_a_body_are_fields(
    scope: Scope, name: str
) -> None:
    assert evaluate_body({name: {"now": 0}}, scope) == {name: START}
    assert evaluate_body({"now": 0}, scope) == START


@pytest.mark.parametrize(
    "reference", ["nobody", "ada.nothing", "many.2", "many.x", "ada.userId.x"]
)
def test_unbound_name_is_an_error(scope: Scope, reference: str) -> None:
    with pytest.raises(UnboundName, match=reference):
        evaluate({"ref": reference}, scope)


def test_index_is_the_number_of_the_repetition(scope: Scope) -> None:
    assert evaluate({"index": True}, scope.turn(4)) == 4
    with pytest.raises(UnboundName, match="index"):
        evaluate({"index": True}, scope)


def test_names_of_a_repetition_are_its_own(scope: Scope) -> None:
    turn = scope.turn(0)
    turn.names["mine"] = 1
    turn.owned.add("A")

    assert "mine" not in scope.names
    assert scope.owned == {"A"}


def test_error_about_a_bad_argument_quotes_the_expression(scope: Scope) -> None:
    with pytest.raises(BadExpression, match=r"\{now: 'soon'\}"):
        evaluate({"now": "soon"}, scope)


def test_ulid_has_the_given_time_and_tail(scope: Scope) -> None:
    ulid = evaluate({"ulid": [-5, "ZZ"]}, scope)

    assert is_ulid(ulid)
    assert time_of(ulid) == START - 5
    assert ulid.endswith("0ZZ")
    assert evaluate({"ulid": 1}, scope) == new_ulid(START + 1, lambda _: 0)


def test_ulid_of_the_greatest_time_starts_with_7() -> None:
    assert new_ulid(2**48 - 1, lambda _: 2**80 - 1) == "7" + 25 * "Z"


def test_shard_is_the_last_character_modulo_the_shards() -> None:
    assert [shard_of(f"0{last}", 4) for last in "0189Z"] == [0, 1, 0, 1, 3]
    assert shard_of("0Z", 32) == 31


@pytest.mark.parametrize(
    "value", ["8" + 25 * "Z", 25 * "0", 26 * "I", 26 * "a", 26 * "0" + "\n", None]
)
def test_invalid_ulid_is_refused(value: object) -> None:
    assert not is_ulid(value)
