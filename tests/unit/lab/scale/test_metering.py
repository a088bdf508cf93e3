"""Recorded calls become a bill."""

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


def test_transaction_pays_twice_for_each_item_and_once_for_the_index() -> None:
    writes = [{"Put": put(USER)}, {"Put": put(GUARD)}]

    bill = meter().bill([call("TransactWriteItems", {"TransactItems": writes})])

    assert bill.document() == {
        "actions": {"dynamodb:TransactWriteItems": 1},
        "waits": {"transaction": 1},
        "readUnits": 0,
        "tableWriteUnits": 4,
        "indexWriteUnits": {"email-index": 1},
    }


def test_what_was_written_before_tells_what_an_index_pays() -> None:
    book = meter()
    moved = {**USER, "email": {"S": "c@d"}}

    book.bill([call("PutItem", put(USER))])
    bill = book.bill([call("PutItem", put(moved))])

    assert bill.index_writes == {"email-index": 2}


def test_deleted_item_leaves_the_index() -> None:
    book = meter()
    key = {"TableName": "users", "Key": {"userId": {"S": "1"}}}

    book.bill([call("PutItem", put(USER))])
    first = book.bill([call("DeleteItem", key)])
    second = book.bill([call("DeleteItem", key)])

    assert (first.table_writes, first.index_writes) == (1, {"email-index": 1})
    assert (second.table_writes, second.index_writes) == (1, {})


def test_refused_write_is_paid_for_in_the_table_alone() -> None:
    bill = meter().bill([call("PutItem", put(USER), status=400)])

    assert (bill.table_writes, bill.index_writes) == (1, {})


def test_queries_side_by_side_are_one_wait() -> None:
    query = call("Query", {"TableName": "users"}, {"Items": [USER]})

    bill = meter().bill([query] * 4)

    assert bill.actions == {"dynamodb:Query": 4}
    assert bill.waits == {"read": 1}
    assert bill.read_units == 2


@pytest.mark.parametrize(
    ("action", "answer"),
    [("GetItem", {"Item": USER}), ("GetItem", {}), ("Query", {"Items": [USER]})],
    ids=["item", "no item", "query"],
)
def test_read_is_consistent_only_where_that_is_asked(action: str, answer: Any) -> None:
    reads: list[dict[str, Any]] = [
        {},
        {"ConsistentRead": False},
        {"ConsistentRead": True},
    ]

    bills = [meter().bill([call(action, asked, answer)]) for asked in reads]

    assert [bill.read_units for bill in bills] == [0.5, 0.5, 1]


def test_calls_of_other_kinds_are_waits_of_their_own() -> None:
    get = call("GetItem", {"ConsistentRead": True}, {"Item": USER})
    head = RecordedCall("s3", "HEAD", {}, {}, 200, 1.0)

    bill = meter().bill([get, head, call("PutItem", put(USER))])

    assert bill.waits == {"read": 1, "s3": 1, "write": 1}
    assert bill.read_units == 1
