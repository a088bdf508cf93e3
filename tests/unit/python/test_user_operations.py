"""The operations on users, with a store in memory."""

from __future__ import annotations

import pytest

from shared.errors import Conflict, IdempotencyKeyReused, PreconditionFailed
from shared.etags import read_entity_tags
from shared.idempotency import IdempotencyKey
from shared.ids import new_ulid, ulid_time
from shared.json_reader import JsonValue
from shared.pages import Slice
from shared.validation import read_body
from tests.unit.python.support import ID, NOW, OTHER_ID, MemoryUsers, clock, user
from users.bodies import UserCreate, UserPatch
from users.create_user import create_user
from users.delete_user import delete_user
from users.errors import EmailTaken, UserNotFound
from users.get_user import get_user
from users.list_users import list_users
from users.model import User
from users.replace_user import replace_user
from users.update_user import update_user

LATER = NOW + 5_000
KEY = IdempotencyKey("key", "a" * 64)
ADA = user(name="Ada", department="Engines", expires_at=NOW + 10_000)
GONE = user(expires_at=NOW)


def holding(*users: User, races: int = 0) -> MemoryUsers:
    return MemoryUsers({u.user_id: u for u in users}, races=races)


def new(**fields: JsonValue) -> UserCreate:
    body: JsonValue = {"email": "Ada@Example.com", "name": "Ada", **fields}
    return read_body(UserCreate, body, NOW)


def replacement(**fields: JsonValue) -> UserCreate:
    body: JsonValue = {"email": "ada@example.com", "name": "A", **fields}
    return read_body(UserCreate, body, NOW)


def patch(**fields: JsonValue) -> UserPatch:
    return read_body(UserPatch, dict(fields), NOW)


def test_a_new_user_has_the_current_time_and_version_1() -> None:
    users = MemoryUsers()
    created = create_user(users, new(department="D"), None, clock())
    assert users.users == {created.user_id: created}
    assert ulid_time(created.user_id) == created.created_at == created.updated_at == NOW
    assert (created.email, created.version) == ("ada@example.com", 1)
    assert (created.department, created.expires_at) == ("D", None)


def test_a_taken_email_is_refused() -> None:
    with pytest.raises(EmailTaken):
        create_user(holding(ADA), new(), None, clock())


def test_the_email_of_an_expired_user_is_free() -> None:
    assert create_user(holding(GONE), new(), None, clock()).email == GONE.email


def test_a_repeat_returns_the_current_user() -> None:
    users = MemoryUsers()
    first = create_user(users, new(), KEY, clock())
    users.users[first.user_id] = changed = first._replace(name="B", version=2)
    assert create_user(users, new(), KEY, clock(LATER)) == changed


def test_a_key_with_another_body_is_refused() -> None:
    users = MemoryUsers()
    create_user(users, new(), KEY, clock())
    with pytest.raises(IdempotencyKeyReused):
        create_user(users, new(), IdempotencyKey("key", "b" * 64), clock())


def test_a_repeat_after_the_user_is_deleted_is_not_found() -> None:
    users = MemoryUsers()
    users.users.pop(create_user(users, new(), KEY, clock()).user_id)
    with pytest.raises(UserNotFound):
        create_user(users, new(), KEY, clock())


def test_a_live_user_is_found() -> None:
    assert get_user(holding(ADA), ID, clock()) == ADA


@pytest.mark.parametrize("users", [holding(), holding(GONE)], ids=["absent", "expired"])
def test_no_operation_finds_a_user_that_is_not_live(users: MemoryUsers) -> None:
    tags = read_entity_tags("*")
    with pytest.raises(UserNotFound):
        get_user(users, ID, clock())
    with pytest.raises(UserNotFound):
        replace_user(users, ID, replacement(), tags, clock())
    with pytest.raises(UserNotFound):
        update_user(users, ID, patch(), tags, clock())
    with pytest.raises(UserNotFound):
        delete_user(users, ID, tags, clock())


def test_replacing_removes_fields_that_are_left_out() -> None:
    replaced = replace_user(holding(ADA), ID, replacement(), None, clock(LATER))
    assert (replaced.name, replaced.department, replaced.expires_at) == (
        "A",
        None,
        None,
    )
    assert (replaced.created_at, replaced.updated_at, replaced.version) == (
        *(NOW, LATER),
        2,
    )
    assert replaced.write_id != ADA.write_id


def test_a_patch_changes_only_the_fields_it_has() -> None:
    users = holding(ADA)
    renamed = update_user(users, ID, patch(name="B"), None, clock(LATER))
    assert renamed == ADA._replace(
        name="B", updated_at=LATER, version=2, write_id=renamed.write_id
    )
    bare = update_user(
        users, ID, patch(department=None, expiresAt=None), None, clock(LATER)
    )
    assert (bare.name, bare.department, bare.expires_at) == ("B", None, None)
    moved = update_user(users, ID, patch(email="B@X.com"), None, clock(LATER))
    assert (moved.email, moved.version) == ("b@x.com", 4)


def test_an_empty_patch_is_a_write() -> None:
    users = holding(ADA)
    written = update_user(users, ID, patch(), None, clock(LATER))
    assert (written.version, written.updated_at) == (2, LATER)
    assert users.users[ID] == written


def test_a_write_with_if_match_of_another_version_changes_nothing() -> None:
    users = holding(ADA)
    tags = read_entity_tags('"2"')
    with pytest.raises(PreconditionFailed):
        replace_user(users, ID, replacement(), tags, clock())
    with pytest.raises(PreconditionFailed):
        update_user(users, ID, patch(), tags, clock())
    with pytest.raises(PreconditionFailed):
        delete_user(users, ID, tags, clock())
    assert users.users == {ID: ADA}


def test_writes_survive_four_lost_races_but_not_five() -> None:
    tags = read_entity_tags('"1"')
    assert replace_user(holding(ADA, races=4), ID, replacement(), tags, clock())
    assert update_user(holding(ADA, races=4), ID, patch(), None, clock())
    delete_user(holding(ADA, races=4), ID, None, clock())
    with pytest.raises(Conflict):
        replace_user(holding(ADA, races=5), ID, replacement(), None, clock())
    with pytest.raises(Conflict):
        update_user(holding(ADA, races=5), ID, patch(), None, clock())
    with pytest.raises(Conflict):
        delete_user(holding(ADA, races=5), ID, None, clock())


def test_a_lost_race_is_tried_again_on_the_newer_user() -> None:
    newer = ADA._replace(department="New", version=7)
    users = holding(ADA, races=1)
    users.on_race = lambda raced: raced.users.update({ID: newer})
    written = update_user(users, ID, patch(name="B"), None, clock())
    assert (written.name, written.department, written.version) == ("B", "New", 8)


def test_a_deleted_user_is_gone() -> None:
    users = holding(ADA)
    delete_user(users, ID, read_entity_tags('"1"'), clock())
    assert users.users == {}


def test_lists_are_newest_first_without_expired_users() -> None:
    ids = [new_ulid(NOW + n) for n in range(4)]
    users = holding(
        *(
            user(user_id=i, created_at=NOW + n, expires_at=NOW + 1 if n == 2 else None)
            for n, i in enumerate(ids)
        )
    )
    page = list_users(users, Slice(2, None), None, clock(NOW + 1))
    assert [u.user_id for u in page.records] == [ids[3], ids[1]]
    rest = list_users(users, Slice(2, page.next), None, clock(NOW + 1))
    assert [u.user_id for u in rest.records] == [ids[0]]
    assert rest.next is None


def test_a_list_with_an_email_has_its_live_user() -> None:
    users = holding(
        user(user_id=OTHER_ID, expires_at=NOW),
        user(),
        user(user_id=new_ulid(NOW), email="b@example.com"),
    )
    page = list_users(users, Slice(20, None), "ada@example.com", clock())
    assert [u.user_id for u in page.records] == [ID]
    assert page.next is None
