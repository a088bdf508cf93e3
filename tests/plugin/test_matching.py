from __future__ import annotations

import pytest

from twinproof.cases.language import Language, Record, Scope
from twinproof.cases.matching import MISSING, Comparison, Mismatch

USER = {"userId": "A", "createdAt": 1}


@pytest.fixture
def scope(language: Language) -> Scope:
    names = {"ada": Record("users", "A", USER, {})}
    return Scope(
        language, "00c0ffee", "0badcafe", 1000, lambda _: 0, names, owned={"A"}
    )


def differences(
    scope: Scope, expected: object, actual: object
) -> list[tuple[str, object, object]]:
    one = Comparison(scope, "body", {"": {"free"}})
    one.body(expected, actual)
    return [(each.where, each.expected, each.got) for each in one.mismatches]


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ({"a": 1}, {"a": 1}),
        ({"a": 1}, {"a": 1, "free": 2}),
        ([1, "x", None, True, 1.5], [1, "x", None, True, 1.5]),
        ({"a": {"now": 5}}, {"a": 1005}),
        ({"email": {"lower": "ADA"}}, {"email": "ada"}),
        ({"ref": "ada"}, USER),
        ({"a": {"any": True}}, {"a": None}),
        ({"a": {"absent": True}}, {}),
        ({"a": {"match": "ulid"}}, {"a": "01KHBX6VG0ZT9V3RX6C2W5QJDE"}),
        ({"a": {"match": "epochMs"}}, {"a": 0}),
        ({"a": {"match": "url"}}, {"a": "https://h:1/x?y=%20"}),
        ({"a": {"match": "cursor"}}, {"a": "aZ_-"}),
        ({"a": {"match": "requestId"}}, {"a": "JKJaXmPLvHcESHA="}),
        ({"a": {"pattern": "[a-z]+"}}, {"a": "abc"}),
        ({"a": {"between": [1, {"now": 0}]}}, {"a": 1000}),
        ({"a": {"own": [{"ref": "ada"}]}}, {"a": [{"userId": "B"}, USER, 7]}),
        ({"a": {"own": []}}, {"a": [{"assetId": "B"}]}),
        ({"a": {"literal": {"any": True}}}, {"a": {"any": True}}),
    ],
)
def test_expected_value_matches(scope: Scope, expected: object, actual: object) -> None:
    assert differences(scope, expected, actual) == []


@pytest.mark.parametrize(
    ("expected", "actual", "difference"),
    [
        ({"a": 1}, {"a": 2}, ("body /a", 1, 2)),
        ({"a": 1}, {}, ("body /a", 1, MISSING)),
        ({}, {"a": 1}, ("body /a", MISSING, 1)),
        ({"a": {}}, {"a": {"free": 1}}, ("body /a/free", MISSING, 1)),
        ({"a": 1}, {"a": 1.0}, ("body /a", 1, 1.0)),
        ({"a": 1}, {"a": True}, ("body /a", 1, True)),
        ({"a/~": 1}, {"a/~": 2}, ("body /a~1~0", 1, 2)),
        ({"a": [1]}, {"a": [1, 2]}, ("body /a/1", MISSING, 2)),
        ({"a": [1, 2]}, {"a": [1]}, ("body /a/1", 2, MISSING)),
        ({"a": [1]}, {"a": {}}, ("body /a", [1], {})),
        ({"a": {"b": 1}}, {"a": 1}, ("body /a", {"b": 1}, 1)),
        ({"ref": "ada"}, {**USER, "x": 1}, ("body /x", MISSING, 1)),
        ({"ref": "ada"}, {"userId": "A"}, ("body /createdAt", 1, MISSING)),
        ({"ref": "ada"}, [], ("body", USER, [])),
        ({"email": "a"}, {"email": "b"}, ("body /email", "a", "b")),
        ({"a": {"any": True}}, {}, ("body /a", {"any": True}, MISSING)),
        ({"a": {"absent": True}}, {"a": None}, ("body /a", MISSING, None)),
        (
            {"a": {"match": "ulid"}},
            {"a": "x"},
            ("body /a", {"match": "ulid"}, "x"),
        ),
        (
            {"a": {"pattern": "a"}},
            {"a": "a\n"},
            ("body /a", {"pattern": "a"}, "a\n"),
        ),
        ({"a": {"pattern": "1"}}, {"a": 1}, ("body /a", {"pattern": "1"}, 1)),
        (
            {"a": {"between": [1, 2]}},
            {"a": 3},
            ("body /a", {"between": [1, 2]}, 3),
        ),
        (
            {"a": {"between": [0, 1]}},
            {"a": True},
            ("body /a", {"between": [0, 1]}, True),
        ),
        ({"a": {"own": []}}, {"a": [USER]}, ("body /a/0", MISSING, USER)),
        ({"a": {"own": []}}, {"a": 1}, ("body /a", {"own": []}, 1)),
        (
            {"a": {"literal": [{"any": True}]}},
            {"a": [2]},
            ("body /a/0", {"any": True}, 2),
        ),
        ({"a": {"now": "x"}}, None, ("body", {"a": {"now": "x"}}, None)),
    ],
)
def test_other_value_is_a_mismatch(
    scope: Scope, expected: object, actual: object, difference: object
) -> None:
    assert differences(scope, expected, actual) == [difference]


def test_bind_binds_the_value(scope: Scope) -> None:
    assert differences(scope, {"a": {"bind": "it"}}, {"a": [1]}) == []
    assert scope.names["it"] == [1]


def test_missing_is_shown_as_nothing() -> None:
    assert repr(Mismatch("body", MISSING, 1).expected) == "nothing"
