"""Properties are flattened to single values by path."""

from __future__ import annotations

import pytest

from lab.rehearsal.flatten import MISSING, equal_values, flatten


def test_each_single_value_has_its_path() -> None:
    assert flatten({"a": {"b": 1}, "c": ["x", "y"]}) == {
        "a/b": 1,
        "c/0": "x",
        "c/1": "y",
    }


def test_an_empty_object_or_list_is_a_value() -> None:
    assert flatten({"a": {}, "b": []}) == {"a": {}, "b": []}


def test_a_slash_in_a_name_is_escaped() -> None:
    assert flatten({"/users": {"get": 1}}) == {"~1users/get": 1}


def test_elements_are_named_by_their_identifying_field_in_any_order() -> None:
    one = [{"IndexName": "a", "n": 1}, {"IndexName": "b", "n": 2}]

    assert flatten(one) == flatten(one[::-1])
    assert flatten(one)["b/n"] == 2


def test_elements_with_the_same_identity_are_named_by_their_index() -> None:
    assert flatten([{"Sid": "a"}, {"Sid": "a"}]) == {"0/Sid": "a", "1/Sid": "a"}


def test_the_order_of_a_key_schema_matters() -> None:
    hash_first = [
        {"AttributeName": "listShard", "KeyType": "HASH"},
        {"AttributeName": "createdAt", "KeyType": "RANGE"},
    ]

    assert flatten(hash_first) != flatten(hash_first[::-1])


def test_a_single_action_equals_a_list_of_one() -> None:
    one = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["a"]}

    assert flatten(one) == flatten(one | {"Action": ["s3:GetObject"], "Resource": "a"})


@pytest.mark.parametrize(
    ("wanted", "found", "same"),
    [
        (30, "30", True),
        (30, 30.0, True),
        (True, "true", True),
        (True, 1, False),
        (30, "many", False),
        ("ttl", "expiresAt", False),
        ("", MISSING, False),
        ({}, MISSING, False),
        (0, MISSING, False),
        (False, MISSING, False),
    ],
)
def test_values_are_equal_if_cloudformation_coerces_them_to_the_same(
    wanted: object, found: object, *, same: bool
) -> None:
    assert equal_values(wanted, found) is same
