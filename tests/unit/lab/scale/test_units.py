"""Request units, compared with the examples of DynamoDB's developer guide."""

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


def item_of(size: int) -> dict[str, dict[str, str]]:
    return {"a": {"S": "x" * (size - 1)}}


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({"name": {"S": "Ada"}}, 7),
        ({"ä": {"S": "é"}}, 4),
        ({"n": {"N": "1771000000000"}}, 1 + 3),
        ({"n": {"N": "0"}}, 1 + 1),
        ({"n": {"N": "-27"}}, 1 + 3),
    ],
)
def test_the_size_counts_names_and_values(
    item: dict[str, dict[str, str]], size: int
) -> None:
    assert item_bytes(item) == size


@pytest.mark.parametrize(
    ("size", "units"), [(1, 1), (KIB, 1), (KIB + 1, 2), (3 * KIB, 3)]
)
def test_a_write_costs_a_unit_for_each_kilobyte_begun(size: int, units: int) -> None:
    assert table_units(Write(None, item_of(size))) == units


def test_a_transaction_doubles_the_units_of_the_table_but_not_of_an_index() -> None:
    item = {"status": {"S": "x"}, "at": {"N": "1"}}
    write = Write(None, item, transactional=True)

    assert table_units(write) == 2
    assert index_units(write, INDEXES) == {"by-status": 1}


def test_a_write_costs_by_the_larger_of_both_items() -> None:
    assert table_units(Write(item_of(3 * KIB), item_of(10))) == 3
    assert table_units(Write(item_of(3 * KIB), None)) == 3


def test_deleting_nothing_costs_one_unit() -> None:
    assert table_units(Write(None, None)) == 1


def test_a_consistent_read_of_nothing_costs_one_unit() -> None:
    assert read_units([], consistent=True) == 1
    assert read_units([item_of(4 * KIB + 1)], consistent=True) == 2


def test_sizes_are_summed_before_they_are_rounded() -> None:
    assert read_units([item_of(KIB)] * 4, consistent=True) == 1
    assert read_units([item_of(KIB)] * 5, consistent=True) == 2


def test_an_eventually_consistent_read_costs_half() -> None:
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
def test_an_index_costs_units_for_its_own_changes(
    old: dict[str, dict[str, str]] | None,
    new: dict[str, dict[str, str]] | None,
    units: dict[str, float],
) -> None:
    assert index_units(Write(old, new), INDEXES) == units
