"""Query all shards of a list in parallel."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic

from shared.aws.items import Item, number, text
from shared.aws.table import IndexQuery, Table
from shared.clock import Deadline
from shared.pages import Position, Record, ShardPage, ShardQuery


class ShardedIndex(Generic[Record]):
    """An index whose partitions are shards of a list; its threads are created once.

    `read` turns an item into a record.
    """

    def __init__(
        self, table: Table, name: str, shards: int, read: Callable[[Item], Record]
    ) -> None:
        self._table = table
        self._name = name
        self._read = read
        self._threads = ThreadPoolExecutor(max_workers=shards)

    def ask(
        self, partition: Item, queries: Sequence[ShardQuery], deadline: Deadline
    ) -> Sequence[ShardPage[Record]]:
        """Run `queries` in parallel and return their results in the same order.

        `partition` is the part of the index's hash key other than the shard. Raises
        `Unavailable`.
        """

        def ask_one(query: ShardQuery) -> ShardPage[Record]:
            found = self._table.query(self._index_query(partition, query), deadline)
            frontier = None if found.last is None else self._position(found.last)
            return ShardPage([self._read(item) for item in found.items], frontier)

        return list(self._threads.map(ask_one, queries))

    def _index_query(self, partition: Item, query: ShardQuery) -> IndexQuery:
        """Return the query; the item that it starts after need not exist."""
        keys = {**partition, "listShard": query.shard}
        after = None
        if query.after is not None:
            after = {
                **keys,
                "createdAt": query.after.created_at,
                self._table.key: query.after.record_id,
            }
        return IndexQuery(self._name, keys, query.limit, after)

    def _position(self, keys: Item) -> Position:
        return Position(number(keys, "createdAt"), text(keys, self._table.key))
