"""What is computed from a case's file agrees with what the comparison notices."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.plugin.fake_store import RESOURCES
from tests.plugin.made import DOMAIN
from twinproof.cases.expressions import evaluate
from twinproof.cases.language import Language, Scope
from twinproof.cases.matching import MATCHERS, MISSING, Comparison
from twinproof.cases.model import Case
from twinproof.checks.answer import expected_of
from twinproof.contract.openapi import Contract
from twinproof.contract.schemas import Schemas
from twinproof.lint.coverage.evidence import CASE_HASH, RUN, START_MS
from twinproof.lint.coverage.pins import (
    OPEN,
    RUNTIME,
    contradict,
    is_pinned,
    pinned_body,
    values_at,
)
from twinproof.lint.coverage.sizes import bounds_of
from twinproof.lint.coverage.walk import Location, locations

# A value for each matcher, which a response may have there.
FITTING = {
    "ulid": "01KHBX6VG0ZT9V3RX6C2W5QJDE",
    "epochMs": 1,
    "url": "http://a/",
    "cursor": "a",
    "requestId": "a",
}
CHANGED = "changed"
ENOUGH = 3
"""So many items of a list are changed: all records of one case are alike."""


def scope_with_fixtures(case: Case, language: Language) -> Scope:
    """Return the scope of a case with its fixtures set up."""
    chance = random.Random(RUN).getrandbits  # noqa: S311 - not for secrets
    scope = Scope(language, CASE_HASH, RUN, START_MS, chance)
    DOMAIN.records.set_up(case.given, scope, RESOURCES)
    return scope


def fitting(expected: Any, scope: Scope) -> Any:
    """Return a response that fits; bind what it binds."""
    if isinstance(expected, dict) and len(expected) == 1:
        name, argument = next(iter(expected.items()))
        if name == "own":
            return fitting(argument, scope)
        if name in MATCHERS:
            return matching(name, argument, scope)
        if name in scope.language.expressions:
            return deepcopy(evaluate(expected, scope))
    if isinstance(expected, dict):
        parts = {name: fitting(part, scope) for name, part in expected.items()}
        return {name: part for name, part in parts.items() if part is not MISSING}
    if isinstance(expected, list):
        return [fitting(part, scope) for part in expected]
    return expected


def matching(matcher: str, argument: Any, scope: Scope) -> Any:
    """Return a value that a matcher accepts."""
    if matcher == "bind":
        scope.names[argument] = "bound"
    if matcher == "match":
        return FITTING[argument]
    return MISSING if matcher == "absent" else "any"


def members(tree: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to each field of an object, and to each item of a list."""
    parts = tree.items() if isinstance(tree, dict) else enumerate(tree[:ENOUGH])
    for name, part in parts:
        yield (*here, name)
        if isinstance(part, (dict, list)):
            yield from members(part, (*here, name))


def at(tree: Any, way: tuple[Any, ...]) -> Any:
    """Return the pin at a path, or that of the nearest value that contains it."""
    for step in way:
        if tree in (OPEN, RUNTIME):
            return tree
        tree = tree[step]
    return tree


def differs(scope: Scope, expected: Any, answer: Any, pointer: str) -> bool:
    """Return whether the comparison finds a difference at a location."""
    comparison = Comparison(scope, "body")
    comparison.body(expected, answer)
    found = {mismatch.where.removeprefix("body ") for mismatch in comparison.mismatches}
    return pointer in found


def test_comparison_notices_a_change_wherever_a_case_pins(
    contract: Contract, language: Language, cases: tuple[Case, ...]
) -> None:
    """Each field of the response of every case is changed and dropped."""
    wrong, tried = [], 0
    for case in cases:
        _, expected = expected_of(contract, case.call.then or {"status": 0})
        if not isinstance(expected, dict):
            continue
        answer = fitting(expected, scope_with_fixtures(case, language))
        pins = pinned_body(expected, scope_with_fixtures(case, language))
        for way in members(answer):
            pointer = "".join(f"/{step}" for step in way)
            changed, dropped = deepcopy(answer), deepcopy(answer)
            at(changed, way[:-1])[way[-1]] = CHANGED
            del at(dropped, way[:-1])[way[-1]]
            tried += 1
            if not is_pinned(at(pins, way)):
                continue
            if not differs(
                scope_with_fixtures(case, language), expected, changed, pointer
            ):
                wrong.append((case.full_id, pointer, "changed"))
            if isinstance(way[-1], str) and not differs(
                scope_with_fixtures(case, language), expected, dropped, pointer
            ):
                wrong.append((case.full_id, pointer, "dropped"))

    assert wrong == []
    assert tried > 3_000


@pytest.mark.parametrize("matcher", [{"any": True}, {"bind": "x"}])
def test_comparison_passes_a_change_where_nothing_is_pinned(
    cases: tuple[Case, ...], language: Language, matcher: dict[str, Any]
) -> None:
    case = cases[0]

    assert pinned_body({"a": matcher}, scope_with_fixtures(case, language)) == {
        "a": OPEN
    }
    assert not differs(
        scope_with_fixtures(case, language), {"a": matcher}, {"a": CHANGED}, "/a"
    )


@pytest.mark.parametrize(
    ("expected", "pins"),
    [
        ({"email": {"email": "ada"}}, {"email": "ada@00000000.00000000.example"}),
        ({"a": 1, "b": {"absent": True}}, {"a": 1}),
        ({"a": {"own": [{"any": True}, 2]}}, {"a": [OPEN, 2]}),
        ({"a": {"match": "url"}}, {"a": OPEN}),
        ({"a": {"between": [1, 2]}}, {"a": OPEN}),
        ({"a": {"ref": "answered"}}, {"a": RUNTIME}),
        ({"a": {"concat": ["x", {"ref": "answered"}]}}, {"a": RUNTIME}),
        ({"a": {"literal": {"any": True}}}, {"a": {"any": True}}),
    ],
)
def test_expectation_pins(language: Language, expected: Any, pins: Any) -> None:
    scope = Scope(language, CASE_HASH, RUN, START_MS)

    assert pinned_body(expected, scope) == pins


@pytest.mark.parametrize(
    ("pointer", "values"),
    [
        ("", [{"a": [{"b": 1}, {}], "c/d": 2}]),
        ("/a/*/b", [1, MISSING]),
        ("/a/*", [{"b": 1}, {}]),
        ("/c~1d", [2]),
        ("/x", [MISSING]),
        ("/x/y", [MISSING]),
        ("/a/b", []),
        ("/c~1d/e", []),
    ],
)
def test_values_are_found_by_a_pointer_with_stars(
    pointer: str, values: list[Any]
) -> None:
    assert list(values_at({"a": [{"b": 1}, {}], "c/d": 2}, pointer)) == values


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (1, 2, True),
        (1, True, True),
        (1, 1, False),
        (1, OPEN, False),
        (RUNTIME, 2, False),
        ({"a": 1}, {"a": 2}, True),
        # A volatile field need not be named.
        ({"a": 1}, {"b": 1}, False),
        ([1], [], True),
        ([1, OPEN], [1, 2], False),
        ([1, 2], [1, 3], True),
        ({"a": 1}, [1], True),
    ],
)
def test_two_pins_contradict(one: Any, other: Any, apart: bool) -> None:
    assert contradict(one, other) is apart
    assert contradict(other, one) is apart


@pytest.mark.parametrize(
    ("schema", "at_it", "past_it"),
    [
        ({"minLength": 1}, "\U0001d49c", ""),
        ({"maxLength": 2}, "\U0001d49c\U0001d49c", "\U0001d49c\U0001d49c\U0001d49c"),
        ({"minimum": 0}, 0, -1),
        ({"maximum": 3}, 3, 4),
        ({"minItems": 1}, [0], []),
        ({"maxItems": 1}, [0], [0, 0]),
    ],
)
def test_bound_has_a_value_at_it_and_one_past_it(
    schema: dict[str, int], at_it: Any, past_it: Any
) -> None:
    (bound,) = bounds_of(schema)

    assert bound.past
    assert [bound.at(at_it), bound.at(past_it), bound.at(None)] == [True, False, False]
    assert [bound.past(past_it), bound.past(at_it)] == [True, False]


def test_nothing_is_shorter_than_empty() -> None:
    assert [bound.past for bound in bounds_of({"minLength": 0, "minItems": 0})] == [
        None,
        None,
    ]


def walked(schema: dict[str, Any]) -> dict[str, Location]:
    """Return the locations of a schema, by pointer; `b.json` is one to refer to."""
    other = {"type": "string", "maxLength": 9, "required": ["x"], "pattern": "a"}
    schemas = Schemas({"schemas/a.json": schema, "schemas/b.json": other})
    return {
        location.pointer: location for location in locations(schemas, "schemas/a.json")
    }


@pytest.mark.parametrize(
    ("schema", "merged", "doubled"),
    [
        ({"$ref": "b.json", "maxLength": 5}, {"maxLength": 5}, ()),
        ({"$ref": "b.json", "maxLength": 12}, {"maxLength": 9}, ()),
        ({"$ref": "b.json", "minLength": 2}, {"minLength": 2, "maxLength": 9}, ()),
        ({"$ref": "b.json", "required": ["y"]}, {"required": ["y", "x"]}, ()),
        ({"$ref": "b.json", "type": ["string", "null"]}, {"type": ["string"]}, ()),
        ({"$ref": "b.json", "pattern": "b"}, {}, ("pattern",)),
        ({"allOf": [{"$ref": "b.json"}, {"maxLength": 5}]}, {"maxLength": 5}, ()),
        ({"allOf": [{"enum": [1, 2]}, {"enum": [2, 3]}]}, {"enum": [2]}, ()),
    ],
)
def test_keywords_next_to_a_reference_apply_too(
    schema: dict[str, Any], merged: dict[str, Any], doubled: tuple[str, ...]
) -> None:
    location = walked({"properties": {"a": schema}})["/a"]

    assert {name: location.node[name] for name in merged} == merged
    assert location.doubled == doubled


def test_fields_of_schemas_that_apply_together_are_one_location() -> None:
    one = {"properties": {"m": {"minLength": 1}}, "required": ["m"]}
    other = {"properties": {"m": {"maxLength": 2}, "n": True}}

    found = walked({"allOf": [one, other]})

    assert found["/m"].node == {"minLength": 1, "maxLength": 2}
    assert [found["/m"].required, found["/n"].required] == [True, False]


@pytest.mark.parametrize(
    ("above", "pointer", "required"),
    [
        ({"required": ["o"], "properties": {"o": "inner"}}, "/o/c", True),
        ({"properties": {"o": "inner"}}, "/o/c", False),
        ({"required": ["o"], "properties": {"o": {"items": "inner"}}}, "/o/*/c", True),
        ({"properties": {"o": {"items": "inner"}}}, "/o/*/c", False),
        ({"oneOf": ["inner", {}]}, "/c", False),
    ],
)
def test_member_is_required_only_where_all_above_it_are(
    above: dict[str, Any], pointer: str, *, required: bool
) -> None:
    inner = json.dumps({"required": ["c"], "properties": {"c": {"const": 1}}})
    schema = json.loads(json.dumps(above).replace('"inner"', inner))

    assert walked(schema)[pointer].required is required


def test_every_location_of_a_schema_is_walked() -> None:
    schemas = Schemas(
        {
            "schemas/a.json": {
                "required": ["b"],
                "dependentRequired": {"c": ["d"]},
                "properties": {
                    "b": {"$ref": "b.json#/$defs/list"},
                    "c": {"type": ["string", "null"]},
                    "d/e": {"oneOf": [{"properties": {"f": {}}}, {"minLength": 1}]},
                    "d": {},
                },
            },
            "schemas/b.json": {
                "$defs": {
                    "list": {"items": {"$ref": "#/$defs/own"}},
                    "own": {"properties": {"g": {}}},
                }
            },
        }
    )

    found = {
        (p.pointer, p.required, p.is_leaf) for p in locations(schemas, "schemas/a.json")
    }

    assert found == {
        ("", True, False),
        ("/b", True, False),
        ("/b/*", True, False),
        ("/b/*/g", False, True),
        ("/c", False, True),
        ("/d", True, True),
        ("/d~1e", False, False),
        ("/d~1e", False, True),
        ("/d~1e/f", False, True),
    }
