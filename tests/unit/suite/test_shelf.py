"""What a play has on the data side, between two exchanges."""

from __future__ import annotations

import pytest

from contract.suite.expressions import Scope
from contract.suite.shelf import Shelf
from tests.unit.suite.fake_store import FakeStore

# Long ago: what expires a minute later may have been reaped since.
START = 1_771_000_000_000


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(FakeStore(), Scope("00c0ffee", "0badcafe", START, lambda _: 0))


def test_what_may_have_been_reaped_stands_as_it_was(shelf: Shelf) -> None:
    shelf.lay({"users": [{"bind": "ada", "expiresAt": {"now": 60_000}}]})
    laid = dict(shelf.known)
    assert shelf.store
    shelf.store.remove(laid)

    before, now = shelf.take([])

    assert before == now == laid
    assert shelf.take([]) == (dict.fromkeys(laid), dict.fromkeys(laid))


def test_what_a_case_names_is_never_taken_for_reaped(shelf: Shelf) -> None:
    shelf.lay({"users": [{"bind": "ada", "expiresAt": {"now": 60_000}}]})
    named = min(shelf.known)
    assert shelf.store
    shelf.store.remove([named])

    _, now = shelf.take([], [named])

    assert now[named] is None


@pytest.mark.parametrize("more", [{}, {"expiresAt": {"now": 10**13}}])
def test_what_is_not_due_is_missing(shelf: Shelf, more: dict[str, object]) -> None:
    shelf.lay({"users": [{"bind": "ada", **more}]})
    assert shelf.store
    shelf.store.remove(dict(shelf.known))

    _, now = shelf.take([])

    assert set(now.values()) == {None}
