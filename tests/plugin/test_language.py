"""The contract and its plugin define the language of cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from contract.plugin.values import EXPRESSIONS
from tests.plugin.made import NEW
from twinproof.cases.expressions import TOOL, evaluate, language_of
from twinproof.cases.language import Expression, Language, OwnText, Scope, unlogged
from twinproof.cases.matching import Comparison
from twinproof.cases.model import read_cases
from twinproof.contract.config import Config, Own, RecordEntry
from twinproof.contract.openapi import Contract
from twinproof.contract.schemas import Schemas, tool_formats
from twinproof.domain.names import Names
from twinproof.errors import BadExpression
from twinproof.files import kebab
from twinproof.values.ids import is_id

UUID = "0190163d-8694-739b-aea5-966c26f8ad91"
OWN = {
    "tag": Own("{text}~{case}{run}", fold="lower"),
    "mail": Own("{text}+x@{run}.{case}.test", member_first=True, in_logs=False),
}


def language_with(**config: Any) -> Language:
    """Return the language of a contract with this config and one plugin expression."""
    twice = Expression(lambda value, scope: 2 * evaluate(value, scope), "number")
    domain: Any = SimpleNamespace(expressions={"twice": twice})
    return language_of(Config(Path(), **config), domain.expressions)


def scope_of(language: Language) -> Scope:
    return Scope(language, "c", "r", 1_000, lambda _: 0)


def test_own_values_have_the_format_of_the_contract() -> None:
    scope = scope_of(language_with(own=OWN))

    made = evaluate([{"tag": "A"}, {"mail": "A"}, {"domain": True}], scope)

    assert made == ["A~cr", "A+x@r.c.test", "r.c.test"]
    assert scope.own == {"tag": {"a~cr"}, "mail": {"A+x@r.c.test"}}
    assert unlogged(scope.own_texts) == ("r.c.test",)


def test_own_values_are_shared_by_the_repetitions_of_a_loop() -> None:
    scope = scope_of(language_with(own=OWN))
    evaluate({"tag": {"index": True}}, scope.turn(3))

    assert scope.own["tag"] == {"3~cr"}


def test_only_member_first_names_are_fields_of_a_body() -> None:
    language = language_with(own=OWN)

    assert language.is_bare({"mail": "a"})
    assert not language.is_bare({"tag": "a"})
    assert not language.is_bare({"mail": "a", "tag": "b"})


def test_contract_without_own_values_has_no_such_expressions() -> None:
    assert language_with().expressions.keys() == {*TOOL, "twice"}
    assert "domain" not in language_with(own={"tag": OWN["tag"]}).expressions


def test_expression_of_the_plugin_is_evaluated() -> None:
    assert evaluate({"twice": {"now": 1}}, scope_of(language_with())) == 2_002


def test_own_values_are_named_where_targets_are_compared() -> None:
    scope = scope_of(language_with(own=OWN))
    names = Names(language=scope.language, own=scope.own_texts)

    assert names.text("A~cr A+x@r.c.test") == "A<own tag> A+x@<own domain>"


def test_ids_are_named_by_the_notations_of_the_contract() -> None:
    names = {UUID: "<a>", NEW: "<b>"}
    shown = [
        Names(language=language_with(notations=notations), names=names).text(
            f"{UUID} {NEW}"
        )
        for notations in ((), ("uuid",), ("ulid",), ("ulid", "uuid"))
    ]

    assert shown == [f"{UUID} {NEW}", f"<a> {NEW}", f"{UUID} <b>", "<a> <b>"]


@pytest.mark.parametrize(
    ("value", "notations", "fits"),
    [
        (UUID, ("uuid",), True),
        (UUID.upper(), ("uuid",), False),
        (f"{UUID}\n", ("uuid",), False),
        (UUID, ("ulid",), False),
        (NEW, ("ulid", "uuid"), True),
        (NEW, (), False),
        ("", (), False),
        (None, ("ulid",), False),
    ],
)
def test_id_has_one_of_the_notations(
    value: object, notations: tuple[str, ...], fits: bool
) -> None:
    assert is_id(value, notations) == fits


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("four", "abcd", True),
        ("four", "abcde", False),
        ("four", 4, False),
        ("uuid", UUID, True),
        ("uuid", NEW, False),
        ("epochMs", 0, True),
        ("epochMs", True, False),
    ],
)
def test_match_knows_the_names_of_the_contract(
    name: str, value: object, fits: bool
) -> None:
    scope = scope_of(language_with(match={"four": "[a-d]{4}"}, notations=("uuid",)))
    compared = Comparison(scope, "body")
    compared.value({"match": name}, value)

    assert (compared.mismatches == []) == fits


def test_match_of_an_unknown_name_names_the_nearest() -> None:
    compared = Comparison(scope_of(language_with(match={"four": "[a-d]{4}"})), "body")

    with pytest.raises(BadExpression, match="named foru; the nearest is four"):
        compared.value({"match": "foru"}, "abcd")


def test_records_of_others_are_left_out_by_the_ids_of_the_contract() -> None:
    record = RecordEntry("todo", "todos", "no", "schemas/todo.json", ("*",))
    scope = scope_of(language_with(records=(record,)))
    scope.owned.add("1")
    compared = Comparison(scope, "body")
    compared.value({"own": [{"no": "1"}]}, [{"no": "2"}, {"no": "1"}, {"userId": "1"}])

    assert compared.mismatches == []


@pytest.mark.parametrize(("outputs", "seconds"), [({}, 60), (5, 5)])
def test_shortest_life_comes_from_the_stack(
    language: Language, outputs: Any, seconds: int
) -> None:
    known = {"min-lifetime-seconds": outputs} if outputs else {}
    scope = replace(scope_of(language), outputs=known)

    assert evaluate({"lifetime": 7}, scope) == 1_000 + 1_000 * seconds + 7


def test_everything_the_contract_names_is_used_by_a_case(contract: Contract) -> None:
    used = set(_used(contract))
    patterns = {f"match {name}" for name in contract.config.match}

    assert {*EXPRESSIONS, *contract.config.own, *patterns} - used == set()


def _used(contract: Contract) -> Iterator[str]:
    """Yield each word of the cases and journeys, that after `match` with it."""
    collection = read_cases(contract.root, contract.schemas)
    for case in collection.cases:
        yield from _words([case.given, case.call.when, case.call.then, case.call.after])
    for journey in collection.journeys:
        yield from _words([journey.given, *(step.body for step in journey.steps)])


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for part in value:
            yield from _words(part)
    elif isinstance(value, dict):
        if len(value) == 1:
            [(name, argument)] = value.items()
            yield f"match {argument}" if name == "match" else name
        yield from _words(list(value.values()))


def test_expressions_of_the_plugin_replace_none_of_the_tool() -> None:
    assert EXPRESSIONS.keys().isdisjoint({*TOOL, "domain"})


CASE = {"id": "a", "why": "b", "clause": "rules.md#c", "then": {"status": 200}}


@pytest.mark.parametrize(
    ("entry", "faults"),
    [
        ({"given": {"todos": [{"title": {"concat": ["a"]}}]}}, 0),
        ({"given": {"todos": {}}}, 1),
        ({"after": {"todos": [{"id": {"match": "x"}}], "gone": {"todos": ["1"]}}}, 0),
        ({"after": {"gone": {"todos": []}}}, 1),
    ],
)
def test_without_a_plugin_a_case_names_items_by_their_store(
    entry: dict[str, Any], faults: int
) -> None:
    document = {"operation": "Get_todo.v2", "cases": [{**CASE, **entry}]}

    found = Schemas(tool_formats()).faults("formats/case.json", document)
    assert len(found) == faults, found


@pytest.mark.parametrize("operation", ["getUser", "Get_user.v2", "users-list", "2nd"])
def test_operations_of_other_documents_can_be_named(operation: str) -> None:
    formats = Schemas(tool_formats())
    fits = operation != "2nd"
    full_id, reference = f"{operation}/a", "formats/unreachable.json"
    case = {"operation": operation, "cases": [CASE]}
    spared = [{"operation": operation, "status": 500}]

    assert (formats.faults("formats/case.json", case) == []) == fits
    assert (formats.faults("formats/report.json#/$defs/id", full_id) == []) == fits
    found = {each.pointer for each in formats.faults(reference, spared)}
    assert ("/0/operation" not in found) == fits


@pytest.mark.parametrize(
    ("name", "file"),
    [("getUser", "get-user"), ("GetUser", "get-user"), ("users.v2", "users.v2")],
)
def test_files_of_an_operation_have_its_name(name: str, file: str) -> None:
    assert kebab(name) == file


def test_own_text_without_a_domain_is_named_by_its_key() -> None:
    assert OwnText("key", "-c-r").label == "<own key>"
    assert OwnText("email", "@c.r").mark == "c.r"
