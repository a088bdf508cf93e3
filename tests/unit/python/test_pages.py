"""Merging the shards of a list: every live record once and in order."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from shared.pages import (
    MAX_ROUNDS,
    Page,
    Position,
    ShardPage,
    ShardQuery,
    Slice,
    cut_page,
    merge_page,
)


@dataclass(frozen=True)
class Entry:
    """A record of a list, with a time of expiry."""

    position: Position
    expires: int = 9

    def expired(self, now: int) -> bool:
        return self.expires <= now


@dataclass
class Shards:
    """Shards in memory, newest first; `cut` makes some results shorter than asked."""

    lists: Sequence[Sequence[Entry]]
    cut: int = 99
    rounds: list[list[ShardQuery]] = field(default_factory=list)

    def ask(self, queries: Sequence[ShardQuery]) -> list[ShardPage[Entry]]:
        self.rounds.append(list(queries))
        return [self.answer(query) for query in queries]

    def answer(self, query: ShardQuery) -> ShardPage[Entry]:
        after = query.after
        older = [e for e in self.lists[query.shard] if not after or e.position < after]
        limit = min(query.limit, self.cut)
        found = older[:limit]
        return ShardPage(found, found[-1].position if len(found) == limit else None)


def entry(time: int, record_id: str = "a", *, expired: bool = False) -> Entry:
    return Entry(Position(time, record_id), 0 if expired else 9)


def read_all(shards: Shards, limit: int) -> tuple[list[Entry], list[Page[Entry]]]:
    """Follow cursors to the end."""
    after, pages = None, []
    while True:
        page = merge_page(shards.ask, len(shards.lists), Slice(limit, after), now=1)
        pages.append(page)
        after = page.next
        if after is None:
            return [entry for page in pages for entry in page.records], pages


def live_newest_first(lists: Sequence[Sequence[Entry]]) -> list[Entry]:
    live = [entry for entries in lists for entry in entries if not entry.expired(1)]
    return sorted(live, key=lambda entry: entry.position, reverse=True)


def all_lists() -> list[list[list[Entry]]]:
    """Five records with ties in time, each in one of two shards, expired or not."""
    positions = [Position(time, name) for time in (3, 2, 1) for name in "ba"][:5]
    return [
        [
            [
                Entry(position, expires)
                for position, shard, expires in zip(
                    positions, shards, expiries, strict=True
                )
                if shard == number
            ]
            for number in (0, 1)
        ]
        for shards in itertools.product((0, 1), repeat=5)
        for expiries in itertools.product((0, 9), repeat=5)
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
@pytest.mark.parametrize("cut", [1, 2, 99])
def test_every_live_record_is_listed_once_and_in_order(limit: int, cut: int) -> None:
    """All 1,024 ways to put five records into two shards, expired or not."""
    for lists in all_lists():
        shards = Shards(lists, cut)
        seen, pages = read_all(shards, limit)
        live = live_newest_first(lists)
        assert seen == live
        if cut == 99:  # five records then never need all rounds
            sizes = [limit] * (len(live) // limit) + [len(live) % limit]
            assert [len(page.records) for page in pages] == [n for n in sizes if n] or [
                0
            ]


def test_three_shards_are_merged_like_one() -> None:
    positions = [Position(time, "a") for time in (6, 5, 4, 3, 2, 1)]
    for shards in itertools.product((0, 1, 2), repeat=6):
        lists = [
            [Entry(p) for p, s in zip(positions, shards, strict=True) if s == number]
            for number in (0, 1, 2)
        ]
        for limit in (1, 2, 5, 6):
            assert read_all(Shards(lists), limit)[0] == live_newest_first(lists)


def test_one_round_is_enough_if_nothing_has_expired() -> None:
    lists = [[entry(time, name) for time in range(9, 0, -1)] for name in "ab"]
    shards = Shards(lists)
    page = merge_page(shards.ask, 2, Slice(4, None), now=1)
    assert [record.position for record in page.records] == [
        *((9, "b"), (9, "a"), (8, "b"), (8, "a"))
    ]
    assert page.next == (8, "a")
    assert shards.rounds == [[ShardQuery(0, None, 5), ShardQuery(1, None, 5)]]


def test_a_full_last_page_has_no_cursor() -> None:
    page = merge_page(Shards([[entry(2), entry(1)]]).ask, 1, Slice(2, None), now=1)
    assert (len(page.records), page.next) == (2, None)


def test_expired_records_after_the_page_do_not_cause_a_cursor() -> None:
    lists = [[entry(3), entry(2), entry(1, expired=True)]]
    page = merge_page(Shards(lists).ask, 1, Slice(2, None), now=1)
    assert (len(page.records), page.next) == (2, None)


def test_only_shards_that_may_have_newer_records_are_queried_again() -> None:
    lists = [
        [entry(9, expired=True), entry(8, expired=True), entry(7), entry(6)],
        [entry(5, "b"), entry(4, "b"), entry(3, "b")],
    ]
    shards = Shards(lists)
    page = merge_page(shards.ask, 2, Slice(1, None), now=1)
    assert [record.position for record in page.records] == [(7, "a")]
    assert shards.rounds[1:] == [[ShardQuery(0, Position(8, "a"), 2)]]


def test_a_page_is_short_if_too_many_records_have_expired() -> None:
    expired = [entry(time, expired=True) for time in range(99, 50, -1)]
    shards = Shards([[*expired, entry(1)], [entry(95, "b"), entry(2, "b")]])
    page = merge_page(shards.ask, 2, Slice(1, None), now=1)
    frontier = Position(99 - 2 * (1 + MAX_ROUNDS) + 1, "a")
    assert len(shards.rounds) == 1 + MAX_ROUNDS
    assert page.next == frontier
    assert [record.position for record in page.records] == [(95, "b")]
    assert read_all(shards, 1)[0] == live_newest_first(shards.lists)


def test_an_empty_page_may_have_a_cursor() -> None:
    expired = [entry(time, expired=True) for time in range(99, 50, -1)]
    page = merge_page(Shards([[*expired, entry(1)]]).ask, 1, Slice(1, None), now=1)
    assert (list(page.records), page.next) == ([], Position(88, "a"))


def test_records_older_than_an_unread_shards_frontier_are_not_listed() -> None:
    """Otherwise the next page would start after records that were never listed."""
    expired = [entry(time, expired=True) for time in range(99, 50, -1)]
    shards = Shards([[*expired, entry(49)], [entry(10, "b")]])
    page = merge_page(shards.ask, 2, Slice(5, None), now=1)
    assert list(page.records) == []
    assert read_all(shards, 5)[0] == live_newest_first(shards.lists)


def test_a_page_is_cut_from_records_in_any_order() -> None:
    records = [entry(1), entry(3), entry(2, "b"), entry(2, "a"), entry(4, expired=True)]
    first = cut_page(records, Slice(2, None), now=1)
    assert [record.position for record in first.records] == [(3, "a"), (2, "b")]
    assert first.next == (2, "b")
    rest = cut_page(records, Slice(2, first.next), now=1)
    assert [record.position for record in rest.records] == [(2, "a"), (1, "a")]
    assert rest.next is None


def test_an_empty_list_is_an_empty_page() -> None:
    assert cut_page([], Slice(1, None), now=1) == Page([], None)
    assert merge_page(Shards([[], []]).ask, 2, Slice(1, None), now=1).next is None
