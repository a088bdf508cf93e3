"""Asking all shards of a list at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from shared.aws.items import Item, number, text
from shared.aws.table import IndexQuery, Table
from shared.pages import Listed, Position, ShardPage, ShardQuery

Record = TypeVar("Record", bound=Listed)


class ShardedIndex:
    """The indexes of a table that are kept in shards; the threads are made once."""

    def __init__(self, table: Table, shards: int) -> None:
        self.shards = shards
        self._table = table
        self._threads = ThreadPoolExecutor(max_workers=shards)

    def ask(
        self,
        index: str,
        partition: Item,
        queries: Sequence[ShardQuery],
        read: Callable[[Item], Record],
    ) -> Sequence[ShardPage[Record]]:
        """Return the answers to `queries`, asked side by side, in their order.

        `partition` is what the index has before the shard in its hash key.
        """

        def ask_one(query: ShardQuery) -> ShardPage[Record]:
            found = self._table.query(self._index_query(index, partition, query))
            frontier = None if found.last is None else self._position(found.last)
            return ShardPage([read(item) for item in found.items], frontier)

        return list(self._threads.map(ask_one, queries))

    def _index_query(
        self, index: str, partition: Item, query: ShardQuery
    ) -> IndexQuery:
        """Return the query; the item that it starts after need not be there."""
        keys = {**partition, "listShard": query.shard}
        after = None
        if query.after is not None:
            after = {
                **keys,
                "createdAt": query.after.created_at,
                self._table.key: query.after.record_id,
            }
        return IndexQuery(index, keys, query.limit, after)

    def _position(self, keys: Item) -> Position:
        return Position(number(keys, "createdAt"), text(keys, self._table.key))
