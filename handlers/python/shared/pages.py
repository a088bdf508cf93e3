"""Pages of lists that are stored in shards: merged, newest first, without repeats."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

# Rounds after the first. Expired records cause more, but the response must be in time.
MAX_ROUNDS = 5


class Position(NamedTuple):
    """The position of a record in a list; of equal times, the greater id is newer."""

    created_at: int
    record_id: str


class Listed(Protocol):
    """A record that can be in a list."""

    @property
    def position(self) -> Position:
        """The record's position."""
        ...

    def expired(self, now: int) -> bool:
        """Return whether the record is gone at `now`."""
        ...


Record = TypeVar("Record", bound=Listed)


class Slice(NamedTuple):
    """The part of a list that a client asks for: `limit` records older than `after`."""

    limit: int
    after: Position | None


class ShardQuery(NamedTuple):
    """A query of a shard: at most `limit` records older than `after`."""

    shard: int
    after: Position | None
    limit: int


class ShardPage(NamedTuple, Generic[Record]):
    """The result of a shard; `frontier` is how far it was read, None is to its end."""

    records: Sequence[Record]
    frontier: Position | None


class Page(NamedTuple, Generic[Record]):
    """Records, newest first, and the position that the next page follows."""

    records: Sequence[Record]
    next: Position | None


# Query shards in parallel; the results are in the order of the queries.
AskShards = Callable[[Sequence[ShardQuery]], Sequence[ShardPage[Record]]]


def cut_page(records: Iterable[Record], wanted: Slice, now: int) -> Page[Record]:
    """Return a page of `records`, which are the whole list in any order."""
    live = _newest_first(record for record in records if not record.expired(now))
    after = wanted.after
    rest = [record for record in live if after is None or record.position < after]
    page = rest[: wanted.limit]
    return Page(page, page[-1].position if len(rest) > wanted.limit else None)


def merge_page(
    ask: AskShards[Record], shards: int, wanted: Slice, now: int
) -> Page[Record]:
    """Return a page of a list in `shards` shards, which are queried in parallel.

    A shard's unread records are all older than its frontier. So the position of a live
    record is final once no unfinished shard has a newer frontier. Shards are queried
    until that is true for one record more than wanted. After `MAX_ROUNDS` further
    rounds, the page ends where it is no longer true, and the next page
    continues there.
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
    """Return the shards that may still have a record of the page, or the one after."""
    if len(live) <= limit:
        return list(unread)
    last = live[limit].position
    return [s for s, frontier in unread.items() if frontier and frontier > last]
