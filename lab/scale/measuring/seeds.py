"""Fills tables with enough records for full pages, by copying the service's items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lab.scale.measuring.stack import Stack

# One more than a query of a shard returns: a page of 20 and one record.
RECORDS_A_SHARD = 22
MOST_SHARDS = 32
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# The most items that BatchWriteItem accepts.
BATCH = 25

# An item in DynamoDB's format.
Item = dict[str, Any]


def multiply(stack: Stack, word: str, key: str, shards: int) -> None:
    """Copy the only listed record of a table until every shard has a full page."""
    dynamodb, name = stack.clients.of("dynamodb"), stack.tables[word]
    items = dynamodb.scan(TableName=name)["Items"]
    (listed,) = (item for item in items if "listShard" in item)
    made = [{"PutRequest": {"Item": item}} for item in copies(listed, key, shards)]
    for first in range(0, len(made), BATCH):
        dynamodb.batch_write_item(RequestItems={name: made[first : first + BATCH]})


def copies(listed: Mapping[str, Any], key: str, shards: int) -> Iterator[Item]:
    """Yield copies of a record's item with other ids, evenly over the shards.

    The last character of an id decides its shard, as in the handlers.
    """
    prefix = listed[key]["S"][:-4]
    for number in range(RECORDS_A_SHARD * MOST_SHARDS):
        high, last = divmod(number, len(CROCKFORD))
        record_id = f"{prefix}Z{CROCKFORD[high]}Z{CROCKFORD[last]}"
        yield {**listed, key: {"S": record_id}, "listShard": {"N": str(last % shards)}}
