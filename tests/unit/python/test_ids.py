"""Ids, write ids, shards and expiry."""

from __future__ import annotations

import pytest

from shared.expiry import is_expired, ttl_seconds
from shared.ids import is_ulid, list_shard, new_ulid, new_write_id, ulid_time
from shared.text import ascii_lower, trim_whitespace
from tests.unit.python.support import ID, NOW


@pytest.mark.parametrize("now", [0, 1, NOW, 2**48 - 1])
def test_a_new_id_is_a_ulid_of_the_given_time(now: int) -> None:
    ulid = new_ulid(now)
    assert is_ulid(ulid)
    assert ulid_time(ulid) == now


def test_ids_of_one_millisecond_differ_only_in_their_random_part() -> None:
    ids = {new_ulid(NOW) for _ in range(100)}
    assert len(ids) == 100
    assert {ulid[:10] for ulid in ids} == {ID[:10]}


def test_all_80_random_bits_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.urandom", lambda count: b"\xff" * count)
    assert new_ulid(NOW) == ID[:10] + "Z" * 16
    assert new_write_id() == "f" * 32


@pytest.mark.parametrize(
    "text",
    [
        "",
        ID[:-1],
        ID + "0",
        ID + "\n",
        ID.lower(),
        "8" + ID[1:],
        *(ID[:-1] + letter for letter in "ILOUilou-\uff10"),
    ],
)
def test_any_other_text_is_not_a_ulid(text: str) -> None:
    assert not is_ulid(text)


def test_the_shard_is_the_value_of_the_last_character() -> None:
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    for value, letter in enumerate(alphabet):
        for shards in (1, 2, 4, 8, 16, 32):
            assert list_shard(ID[:-1] + letter, shards) == value % shards


def test_a_record_is_gone_from_the_millisecond_it_expires() -> None:
    assert not is_expired(NOW + 1, NOW)
    assert is_expired(NOW, NOW)
    assert is_expired(NOW - 1, NOW)
    assert not is_expired(None, NOW)


@pytest.mark.parametrize(
    ("expires_at", "ttl"),
    [(None, None), (0, 0), (1, 1), (999, 1), (1000, 1), (1001, 2)],
)
def test_the_ttl_is_never_before_the_expiry(
    expires_at: int | None, ttl: int | None
) -> None:
    assert ttl_seconds(expires_at) == ttl


def test_lower_case_changes_only_ascii_letters() -> None:
    """By Unicode, the Kelvin sign would become k, and İ two characters."""
    assert ascii_lower("AZaz09@[`{\u212aİÀ") == "azaz09@[`{\u212aİÀ"


def test_only_spaces_and_tabs_are_trimmed() -> None:
    assert trim_whitespace(" \t a \t") == "a"
    assert trim_whitespace("\u00a0a\n") == "\u00a0a\n"
