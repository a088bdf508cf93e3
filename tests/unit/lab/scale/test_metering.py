"""The consumption of recorded calls."""

from __future__ import annotations

from typing import Any

import pytest

from lab.scale.measuring.metering import Meter
from lab.scale.measuring.recording import RecordedCall
from lab.scale.units import Indexes

USER = {"userId": {"S": "1"}, "email": {"S": "a@b"}, "listShard": {"N": "0"}}
GUARD = {"userId": {"S": "email#a@b"}, "owner": {"S": "1"}}


def meter() -> Meter:
    return Meter({"users": "userId"}, {"users": Indexes({"email-index": ["email"]})})


def call(
    action: str, asked: Any, answer: Any = None, status: int = 200
) -> RecordedCall:
    return RecordedCall("dynamodb", action, asked, answer or {}, status, 0.0)


def put(item: Any) -> dict[str, Any]:
    return {"TableName": "users", "Item": item}


def test_a_transaction_costs_double_for_each_item_and_single_for_the_index() -> None:
    writes = [{"Put": put(USER)}, {"Put": put(GUARD)}]

    consumption = meter().consumption(
        [call("TransactWriteItems", {"TransactItems": writes})]
    )

    assert consumption.document() == {
        "actions": {"dynamodb:TransactWriteItems": 1},
        "waits": {"transaction": 1},
        "readUnits": 0,
        "tableWriteUnits": 4,
        "indexWriteUnits": {"email-index": 1},
    }


def test_the_units_of_an_index_depend_on_the_item_before() -> None:
    one = meter()
    moved = {**USER, "email": {"S": "c@d"}}

    one.consumption([call("PutItem", put(USER))])
    consumption = one.consumption([call("PutItem", put(moved))])

    assert consumption.index_writes == {"email-index": 2}


def test_deleting_an_item_costs_units_in_the_index_once() -> None:
    one = meter()
    key = {"TableName": "users", "Key": {"userId": {"S": "1"}}}

    one.consumption([call("PutItem", put(USER))])
    first = one.consumption([call("DeleteItem", key)])
    second = one.consumption([call("DeleteItem", key)])

    assert (first.table_writes, first.index_writes) == (1, {"email-index": 1})
    assert (second.table_writes, second.index_writes) == (1, {})


def test_a_refused_write_costs_units_in_the_table_only() -> None:
    consumption = meter().consumption([call("PutItem", put(USER), status=400)])

    assert (consumption.table_writes, consumption.index_writes) == (1, {})


def test_parallel_queries_are_one_wait() -> None:
    query = call("Query", {"TableName": "users"}, {"Items": [USER]})

    consumption = meter().consumption([query] * 4)

    assert consumption.actions == {"dynamodb:Query": 4}
    assert consumption.waits == {"read": 1}
    assert consumption.read_units == 2


@pytest.mark.parametrize(
    ("action", "answer"),
    [("GetItem", {"Item": USER}), ("GetItem", {}), ("Query", {"Items": [USER]})],
    ids=["item", "no item", "query"],
)
def test_a_read_is_consistent_only_if_requested(action: str, answer: Any) -> None:
    reads: list[dict[str, Any]] = [
        {},
        {"ConsistentRead": False},
        {"ConsistentRead": True},
    ]

    consumptions = [
        meter().consumption([call(action, asked, answer)]) for asked in reads
    ]

    assert [consumption.read_units for consumption in consumptions] == [0.5, 0.5, 1]


def test_calls_of_different_kinds_are_separate_waits() -> None:
    get = call("GetItem", {"ConsistentRead": True}, {"Item": USER})
    head = RecordedCall("s3", "HEAD", {}, {}, 200, 1.0)

    consumption = meter().consumption([get, head, call("PutItem", put(USER))])

    assert consumption.waits == {"read": 1, "s3": 1, "write": 1}
    assert consumption.read_units == 1
