"""Pages of lists that are kept in shards: merged, newest first, none seen twice."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

# Rounds after the first. Expired records cost them, and an answer must come in time.
MAX_ROUNDS = 5


class Position(NamedTuple):
    """Where a record stands in a list; of equal times the greater id is newer."""

    created_at: int
    record_id: str


class Listed(Protocol):
    """What can stand in a list."""

    @property
    def position(self) -> Position:
        """Where it stands."""
        ...

    def expired(self, now: int) -> bool:
        """Whether it is gone at `now`."""
        ...


Record = TypeVar("Record", bound=Listed)


class Slice(NamedTuple):
    """What a client asks of a list: so many records older than a position."""

    limit: int
    after: Position | None


class ShardQuery(NamedTuple):
    """What a shard is asked: at most `limit` records older than `after`."""

    shard: int
    after: Position | None
    limit: int


class ShardPage(NamedTuple, Generic[Record]):
    """What a shard answers; `frontier` is how far it was read, None is to its end."""

    records: Sequence[Record]
    frontier: Position | None


class Page(NamedTuple, Generic[Record]):
    """Records, newest first, and the position from which the next page goes on."""

    records: Sequence[Record]
    next: Position | None


# Ask shards side by side; the answers are in the order of the queries.
AskShards = Callable[[Sequence[ShardQuery]], Sequence[ShardPage[Record]]]


def cut_page(records: Iterable[Record], wanted: Slice, now: int) -> Page[Record]:
    """Return the page of `records`, which are all there are, in any order."""
    live = _newest_first(record for record in records if not record.expired(now))
    after = wanted.after
    rest = [record for record in live if after is None or record.position < after]
    page = rest[: wanted.limit]
    return Page(page, page[-1].position if len(rest) > wanted.limit else None)


def merge_page(
    ask: AskShards[Record], shards: int, wanted: Slice, now: int
) -> Page[Record]:
    """Return the page of a list in `shards` shards, asking them side by side.

    A shard's unread records are all older than its frontier. So a live record has its
    final place once no unfinished shard's frontier is newer. Shards are asked on until
    that holds for one record more than wanted; after `MAX_ROUNDS` further rounds the
    page ends where it no longer holds, and goes on from there.
    """
    unread: dict[int, Position | None] = dict.fromkeys(range(shards), wanted.after)
    live: list[Record] = []
    behind = list(unread)
    for _ in range(1 + MAX_ROUNDS):
        queries = [ShardQuery(s, unread[s], wanted.limit + 1) for s in behind]
        for query, found in zip(queries, ask(queries), strict=True):
            live += (record for record in found.records if not record.expired(now))
            unread[query.shard] = found.frontier
            if found.frontier is None:
                del unread[query.shard]
        live = _newest_first(live)
        behind = _still_behind(unread, live, wanted.limit)
        if not behind:
            return cut_page(live, wanted, now)
    edge = max(frontier for frontier in unread.values() if frontier is not None)
    return Page([record for record in live if record.position >= edge], edge)


def _newest_first(records: Iterable[Record]) -> list[Record]:
    return sorted(records, key=lambda record: record.position, reverse=True)


def _still_behind(
    unread: Mapping[int, Position | None], live: Sequence[Listed], limit: int
) -> list[int]:
    """Return the shards that may still hold a record of the page, or the one after."""
    if len(live) <= limit:
        return list(unread)
    last = live[limit].position
    return [s for s, frontier in unread.items() if frontier and frontier > last]
