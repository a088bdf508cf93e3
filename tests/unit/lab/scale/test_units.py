"""Request units against the examples of DynamoDB's developer guide."""

from __future__ import annotations

import pytest

from lab.scale.units import (
    Indexes,
    Write,
    index_units,
    item_bytes,
    read_units,
    table_units,
)

INDEXES = Indexes({"by-status": ["status", "at"]})
KIB = 1_024


def item_of(octets: int) -> dict[str, dict[str, str]]:
    return {"a": {"S": "x" * (octets - 1)}}


@pytest.mark.parametrize(
    ("item", "octets"),
    [
        ({"name": {"S": "Ada"}}, 7),
        ({"ä": {"S": "é"}}, 4),
        ({"n": {"N": "1771000000000"}}, 1 + 3),
        ({"n": {"N": "0"}}, 1 + 1),
        ({"n": {"N": "-27"}}, 1 + 3),
    ],
)
def test_size_is_names_and_values(item: dict[str, dict[str, str]], octets: int) -> None:
    assert item_bytes(item) == octets


@pytest.mark.parametrize(
    ("octets", "units"), [(1, 1), (KIB, 1), (KIB + 1, 2), (3 * KIB, 3)]
)
def test_write_unit_is_a_kilobyte_begun(octets: int, units: int) -> None:
    assert table_units(Write(None, item_of(octets))) == units


def test_transaction_doubles_the_table_but_no_index() -> None:
    item = {"status": {"S": "x"}, "at": {"N": "1"}}
    write = Write(None, item, transactional=True)

    assert table_units(write) == 2
    assert index_units(write, INDEXES) == {"by-status": 1}


def test_write_pays_for_the_larger_of_before_and_after() -> None:
    assert table_units(Write(item_of(3 * KIB), item_of(10))) == 3
    assert table_units(Write(item_of(3 * KIB), None)) == 3


def test_delete_of_nothing_costs_one_unit() -> None:
    assert table_units(Write(None, None)) == 1


def test_consistent_read_of_nothing_costs_one_unit() -> None:
    assert read_units([], consistent=True) == 1
    assert read_units([item_of(4 * KIB + 1)], consistent=True) == 2


def test_sizes_are_summed_before_they_are_rounded() -> None:
    assert read_units([item_of(KIB)] * 4, consistent=True) == 1
    assert read_units([item_of(KIB)] * 5, consistent=True) == 2


def test_eventually_consistent_read_costs_half() -> None:
    assert read_units([], consistent=False) == 0.5
    assert read_units([item_of(4 * KIB + 1)], consistent=False) == 1


LISTED = {"status": {"S": "pending"}, "at": {"N": "1"}}
OTHER = {**LISTED, "name": {"S": "b"}}
MOVED = {**LISTED, "status": {"S": "uploaded"}}


@pytest.mark.parametrize(
    ("old", "new", "units"),
    [
        (None, LISTED, {"by-status": 1}),
        (LISTED, None, {"by-status": 1}),
        (LISTED, OTHER, {"by-status": 1}),
        (LISTED, MOVED, {"by-status": 2}),
        (LISTED, LISTED, {}),
        (None, {"status": {"S": "pending"}}, {}),
    ],
    ids=["enters", "leaves", "same key", "other key", "unchanged", "has no key"],
)
def test_index_pays_for_what_changes_in_it(
    old: dict[str, dict[str, str]] | None,
    new: dict[str, dict[str, str]] | None,
    units: dict[str, float],
) -> None:
    assert index_units(Write(old, new), INDEXES) == units
