"""Users and guards in DynamoDB (moto, in this process)."""

from __future__ import annotations

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from shared.aws.items import Item
from shared.aws.table import Table
from shared.idempotency import FirstUse, IdempotencyKey
from shared.ids import list_shard, new_ulid
from shared.pages import Position, ShardQuery, Slice
from tests.unit.python.conftest import SHARDS, USERS
from tests.unit.python.schemas import CONTRACT
from tests.unit.python.support import ID, NOW, OTHER_ID, clock, deadline, user
from users.errors import EmailTaken
from users.list_users import list_users
from users.model import User
from users.store import DynamoUserStore

DAY = 86_400_000
KEY = IdempotencyKey("key", "a" * 64)
ADA = user()
GUARD = "email#ada@example.com"
RIVAL = user(user_id=OTHER_ID, write_id="1" * 32)


@pytest.fixture
def store(users_table: Table) -> DynamoUserStore:
    return DynamoUserStore(users_table, SHARDS)


@pytest.fixture
def holding(store: DynamoUserStore) -> DynamoUserStore:
    """A store with ADA and her guard."""
    assert store.create(ADA, None, clock()) is None
    return store


def item(table: Table, key: str) -> Item | None:
    return table.get(key, deadline())


def changed(before: User, **changes: object) -> User:
    return before._replace(
        **changes,  # type: ignore[arg-type] # any field
        version=before.version + 1,
        write_id="f" * 32,
    )


def test_a_user_is_stored_with_a_guard_that_expires_with_it(
    store: DynamoUserStore, users_table: Table
) -> None:
    full = user(department="D", expires_at=NOW + 1)
    assert store.create(full, None, clock()) is None
    assert store.find(ID, clock()) == full
    stored = item(users_table, ID)
    assert stored == {
        "userId": ID,
        "email": "ada@example.com",
        "name": "Ada",
        "department": "D",
        "createdAt": NOW,
        "updatedAt": NOW,
        "expiresAt": NOW + 1,
        "ttl": NOW // 1000 + 1,
        "version": 1,
        "writeId": "0" * 32,
        "listShard": 0,
    }
    guard = item(users_table, GUARD)
    assert guard == {
        "userId": GUARD,
        "owner": ID,
        "expiresAt": NOW + 1,
        "ttl": NOW // 1000 + 1,
    }
    assert CONTRACT.faults("schemas/stored-user.json", stored) == []
    assert CONTRACT.faults("schemas/stored-guard.json", guard) == []


def test_attributes_that_are_not_set_are_absent(
    holding: DynamoUserStore, users_table: Table
) -> None:
    stored, guard = item(users_table, ID), item(users_table, GUARD)
    assert stored is not None
    assert not {"department", "expiresAt", "ttl"} & stored.keys()
    assert guard == {"userId": GUARD, "owner": ID}
    assert holding.find(ID, clock()) == ADA


def test_a_missing_record_is_none(store: DynamoUserStore) -> None:
    assert store.find(ID, clock()) is None


def test_a_live_guard_reserves_its_email_even_without_a_user(
    holding: DynamoUserStore, dynamodb: DynamoDBClient
) -> None:
    with pytest.raises(EmailTaken):
        holding.create(RIVAL, None, clock())
    dynamodb.delete_item(TableName=USERS, Key={"userId": {"S": ID}})
    with pytest.raises(EmailTaken):
        holding.create(RIVAL, None, clock())
    assert holding.find(OTHER_ID, clock()) is None


def test_an_expired_guard_is_replaced(
    store: DynamoUserStore, users_table: Table
) -> None:
    store.create(user(expires_at=NOW + 1), None, clock())
    with pytest.raises(EmailTaken):
        store.create(RIVAL, None, clock(NOW))
    assert store.create(RIVAL, None, clock(NOW + 1)) is None
    assert item(users_table, GUARD) == {"userId": GUARD, "owner": OTHER_ID}


def test_a_key_is_stored_with_the_user_it_created(
    store: DynamoUserStore, users_table: Table
) -> None:
    assert store.create(ADA, KEY, clock()) is None
    stored = item(users_table, "idempotency#createUser#key")
    assert stored == {
        "userId": "idempotency#createUser#key",
        "recordId": ID,
        "bodySha256": "a" * 64,
        "createdAt": NOW,
        "expiresAt": NOW + DAY,
        "ttl": (NOW + DAY) // 1000,
    }
    assert CONTRACT.faults("schemas/stored-idempotency.json", stored) == []


def test_a_key_is_checked_before_the_email(store: DynamoUserStore) -> None:
    store.create(ADA, KEY, clock())
    again = IdempotencyKey("key", "b" * 64)
    first = store.create(RIVAL, again, clock(NOW + DAY - 1))
    assert first == FirstUse(KEY, ID)


def test_a_key_is_new_after_a_day(store: DynamoUserStore) -> None:
    store.create(ADA, KEY, clock())
    other = RIVAL._replace(email="b@example.com")
    assert store.create(other, KEY, clock(NOW + DAY)) is None


def test_a_refused_creation_leaves_the_key_free(
    holding: DynamoUserStore, users_table: Table
) -> None:
    with pytest.raises(EmailTaken):
        holding.create(RIVAL, KEY, clock())
    assert item(users_table, "idempotency#createUser#key") is None


def test_a_creation_sent_twice_succeeds_twice(store: DynamoUserStore) -> None:
    assert store.create(ADA, None, clock()) is None
    assert store.create(ADA, None, clock()) is None
    keyed = user(user_id=OTHER_ID, email="b@example.com")
    assert store.create(keyed, KEY, clock()) is None
    assert store.create(keyed, KEY, clock()) is None


def test_a_users_own_guard_does_not_refuse_its_creation(
    holding: DynamoUserStore, dynamodb: DynamoDBClient
) -> None:
    dynamodb.delete_item(TableName=USERS, Key={"userId": {"S": ID}})
    assert holding.create(ADA, None, clock()) is None


def test_a_change_of_other_fields_does_not_touch_the_guard(
    holding: DynamoUserStore, dynamodb: DynamoDBClient, users_table: Table
) -> None:
    dynamodb.delete_item(TableName=USERS, Key={"userId": {"S": GUARD}})
    after = changed(ADA, name="B", department="D")
    assert holding.replace(ADA, after, clock())
    assert holding.find(ID, clock()) == after
    assert item(users_table, GUARD) is None


def test_a_new_email_moves_the_guard(
    holding: DynamoUserStore, users_table: Table
) -> None:
    after = changed(ADA, email="b@example.com")
    assert holding.replace(ADA, after, clock())
    assert item(users_table, GUARD) is None
    assert item(users_table, "email#b@example.com") == {
        "userId": "email#b@example.com",
        "owner": ID,
    }


def test_a_new_expiry_is_written_to_the_guard(
    holding: DynamoUserStore, users_table: Table
) -> None:
    after = changed(ADA, expires_at=NOW + 5)
    assert holding.replace(ADA, after, clock())
    guard = item(users_table, GUARD)
    assert guard is not None
    assert guard["expiresAt"] == NOW + 5
    assert holding.replace(after, changed(after, expires_at=None), clock())
    assert item(users_table, GUARD) == {"userId": GUARD, "owner": ID}


def test_a_change_to_a_taken_email_changes_nothing(
    holding: DynamoUserStore, users_table: Table
) -> None:
    other = RIVAL._replace(email="b@example.com")
    holding.create(other, None, clock())
    with pytest.raises(EmailTaken):
        holding.replace(ADA, changed(ADA, email="b@example.com"), clock())
    assert holding.find(ID, clock()) == ADA
    assert item(users_table, GUARD) is not None


def test_a_user_can_take_the_email_of_an_expired_user(holding: DynamoUserStore) -> None:
    other = RIVAL._replace(email="b@example.com", expires_at=NOW + 1)
    holding.create(other, None, clock())
    after = changed(ADA, email="b@example.com")
    assert holding.replace(ADA, after, clock(NOW + 1))


@pytest.mark.parametrize("email", ["ada@example.com", "b@example.com"])
def test_a_change_of_an_outdated_user_is_not_written(
    holding: DynamoUserStore, email: str
) -> None:
    stale = ADA._replace(version=2)
    assert not holding.replace(stale, changed(stale, email=email), clock())
    assert not holding.delete(stale, clock())
    assert holding.find(ID, clock()) == ADA


@pytest.mark.parametrize("email", ["ada@example.com", "b@example.com"])
def test_a_change_sent_twice_succeeds_twice(
    holding: DynamoUserStore, email: str
) -> None:
    after = changed(ADA, email=email)
    assert holding.replace(ADA, after, clock())
    assert holding.replace(ADA, after, clock())


def test_a_guard_that_another_user_owns_is_not_deleted(
    holding: DynamoUserStore, dynamodb: DynamoDBClient, users_table: Table
) -> None:
    dynamodb.delete_item(TableName=USERS, Key={"userId": {"S": GUARD}})
    holding.create(RIVAL, None, clock())
    after = changed(ADA, email="b@example.com")
    assert holding.replace(ADA, after, clock())
    assert item(users_table, GUARD) == {"userId": GUARD, "owner": OTHER_ID}
    back = changed(RIVAL, email="c@example.com")
    assert holding.replace(RIVAL, back, clock())
    assert item(users_table, GUARD) is None


def test_a_user_without_its_guard_can_be_deleted(
    holding: DynamoUserStore, dynamodb: DynamoDBClient, users_table: Table
) -> None:
    dynamodb.delete_item(TableName=USERS, Key={"userId": {"S": GUARD}})
    holding.create(RIVAL, None, clock())
    assert holding.delete(ADA, clock())
    assert holding.find(ID, clock()) is None
    assert item(users_table, GUARD) == {"userId": GUARD, "owner": OTHER_ID}
    dynamodb.delete_item(TableName=USERS, Key={"userId": {"S": GUARD}})
    assert holding.delete(RIVAL, clock())


def test_a_deleted_user_frees_its_email(
    holding: DynamoUserStore, users_table: Table
) -> None:
    assert holding.delete(ADA, clock())
    assert item(users_table, ID) is None
    assert item(users_table, GUARD) is None
    assert not holding.delete(ADA, clock())


def test_results_are_in_the_order_of_the_queried_shards_and_after_a_position(
    store: DynamoUserStore,
) -> None:
    ids = sorted((new_ulid(NOW)[:-1] + last for last in "048CG"), reverse=True)
    for number, user_id in enumerate(ids):
        new = user(user_id=user_id, email=f"{number}@example.com")
        store.create(new, None, clock())
    assert {list_shard(i, SHARDS) for i in ids} == {0}
    gap = Position(NOW, ids[1][:-1] + ids[1][-1])
    pages = store.newest(
        [ShardQuery(0, None, 2), ShardQuery(1, None, 2), ShardQuery(0, gap, 9)],
        clock(),
    )
    assert [[u.user_id for u in page.records] for page in pages] == [
        ids[:2],
        [],
        ids[2:],
    ]
    assert [page.frontier for page in pages] == [Position(NOW, ids[1]), None, None]


def test_a_list_of_four_shards_has_every_user_once(store: DynamoUserStore) -> None:
    for number in range(11):
        now = NOW + number // 3  # ties
        new = user(user_id=new_ulid(now), created_at=now, email=f"u{number}@x.com")
        store.create(new, KEY if number == 5 else None, clock(now))
    seen: list[User] = []
    after, more = None, True
    while more:
        page = list_users(store, Slice(3, after), None, clock())
        seen += page.records
        after, more = page.next, page.next is not None
    assert len({u.user_id for u in seen}) == len(seen) == 11
    assert [u.position for u in seen] == sorted(
        (u.position for u in seen), reverse=True
    )


def test_users_with_an_email_are_found(holding: DynamoUserStore) -> None:
    holding.create(RIVAL._replace(email="b@example.com"), None, clock())
    assert holding.with_email("ada@example.com", clock()) == [ADA]
    assert holding.with_email("nobody@example.com", clock()) == []


def test_users_with_an_email_are_found_on_all_pages_of_the_index(
    holding: DynamoUserStore, users_table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DynamoDB ends a page at 1 MB; here each item is a page."""
    query = users_table.query
    monkeypatch.setattr(
        users_table, "query", lambda asked, at: query(asked._replace(limit=1), at)
    )
    stale = user(user_id=new_ulid(NOW), expires_at=NOW + 1, email="c@example.com")
    holding.create(stale, None, clock())
    newer = user(user_id=new_ulid(NOW), email="c@example.com")
    holding.create(newer, None, clock(NOW + 1))
    assert {u.user_id for u in holding.with_email("c@example.com", clock())} == {
        stale.user_id,
        newer.user_id,
    }
