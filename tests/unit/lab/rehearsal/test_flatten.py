"""Properties are taken apart to single values, each by a name that says what it is."""

from __future__ import annotations

import pytest

from lab.rehearsal.flatten import MISSING, equal_values, flatten


def test_each_single_value_has_the_path_that_leads_to_it() -> None:
    assert flatten({"a": {"b": 1}, "c": ["x", "y"]}) == {
        "a/b": 1,
        "c/0": "x",
        "c/1": "y",
    }


def test_an_empty_object_or_list_is_a_value() -> None:
    assert flatten({"a": {}, "b": []}) == {"a": {}, "b": []}


def test_a_slash_in_a_name_is_no_step() -> None:
    assert flatten({"/users": {"get": 1}}) == {"~1users/get": 1}


def test_elements_go_by_what_tells_them_apart_whatever_their_order() -> None:
    one = [{"IndexName": "a", "n": 1}, {"IndexName": "b", "n": 2}]

    assert flatten(one) == flatten(one[::-1])
    assert flatten(one)["b/n"] == 2


def test_elements_of_one_name_go_by_their_number() -> None:
    assert flatten([{"Sid": "a"}, {"Sid": "a"}]) == {"0/Sid": "a", "1/Sid": "a"}


def test_the_order_of_keys_is_a_fact() -> None:
    hash_first = [
        {"AttributeName": "listShard", "KeyType": "HASH"},
        {"AttributeName": "createdAt", "KeyType": "RANGE"},
    ]

    assert flatten(hash_first) != flatten(hash_first[::-1])


def test_one_action_is_a_list_of_one() -> None:
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
def test_values_are_the_same_as_cloudformation_takes_them(
    wanted: object, found: object, *, same: bool
) -> None:
    assert equal_values(wanted, found) is same
