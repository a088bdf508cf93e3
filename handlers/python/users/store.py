"""Users in DynamoDB, each with a guard: an item that reserves its email address.

An index cannot guarantee that an address is unique: it lags, and has no conditions. The
guard is written in the same transaction that creates the user or changes its address or
its expiry. DynamoDB deletes an expired user and its guard at different times; only the
guard decides whether the address is free.
"""

from collections.abc import Sequence

from shared.aws.idempotency_items import first_use_put, read_first_use
from shared.aws.items import Item
from shared.aws.shards import ShardedIndex
from shared.aws.table import IndexQuery, Refused, Table, Write
from shared.aws.writes import Delete, Put, absent, absent_or_expired, unchanged
from shared.clock import Clock, Deadline
from shared.idempotency import FirstUse, IdempotencyKey
from shared.pages import ShardPage, ShardQuery
from users.errors import EmailTaken
from users.items import (
    KEY,
    free_or_own,
    guard_delete,
    guard_put,
    read_user,
    user_item,
)
from users.model import User


class DynamoUserStore:
    """The users table; implements `UserStore`."""

    def __init__(self, table: Table, shards: int) -> None:
        self.shards = shards
        self._table = table
        self._newest_first = ShardedIndex(table, "createdAt-index", shards, read_user)

    def find(self, user_id: str, clock: Clock) -> User | None:
        """Return the user as it is now, even if it has expired."""
        item = self._table.get(user_id, clock.deadline)
        return None if item is None else read_user(item)

    def create(
        self, user: User, idempotency: IdempotencyKey | None, clock: Clock
    ) -> FirstUse | None:
        """Store a new user, or return the first use of the idempotency key.

        Raises `EmailTaken`. The idempotency key is checked before the email address.
        """
        record = Put(user_item(user, self.shards), absent(KEY))
        guard = guard_put(user, absent_or_expired(KEY, clock.now))
        writes: list[Write] = [record, guard]
        if idempotency is not None:
            first = FirstUse(idempotency, user.user_id)
            writes.insert(0, first_use_put(KEY, "createUser", first, clock.now))
        refused = self._table.write(writes, clock.deadline)
        if refused is None or _is_own(refused.old, user):
            return None
        if idempotency is None or refused.write is guard:
            raise EmailTaken(user.email)
        return read_first_use(refused.old, idempotency)

    def replace(self, before: User, after: User, clock: Clock) -> bool:
        """Store `after` if `before` is unchanged; return whether it was stored.

        Raises `EmailTaken`.
        """
        writes: list[Write] = [self._replacement(before, after)]
        guard = guard_put(after, free_or_own(after, clock.now))
        if (before.email, before.expires_at) != (after.email, after.expires_at):
            writes.append(guard)
        release = [] if before.email == after.email else [guard_delete(before)]
        refused = self._write_and_release(writes, release, clock.deadline)
        if refused is not None and refused.write is guard:
            raise EmailTaken(after.email)
        return refused is None or _is_own(refused.old, after)

    def delete(self, user: User, clock: Clock) -> bool:
        """Remove the user if it is unchanged; return whether it was removed."""
        record = Delete({KEY: user.user_id}, unchanged(user.version))
        release = [guard_delete(user)]
        return self._write_and_release([record], release, clock.deadline) is None

    def newest(
        self, queries: Sequence[ShardQuery], clock: Clock
    ) -> Sequence[ShardPage[User]]:
        """Query shards of the list of users in parallel."""
        return self._newest_first.ask({}, queries, clock.deadline)

    def with_email(self, email: str, clock: Clock) -> Sequence[User]:
        """Return all users with the email address, including expired ones."""
        users: list[User] = []
        after, more = None, True
        while more:
            query = IndexQuery("email-index", {"email": email}, after=after)
            found = self._table.query(query, clock.deadline)
            users += (read_user(item) for item in found.items)
            after, more = found.last, found.last is not None
        return users

    def _replacement(self, before: User, after: User) -> Put:
        return Put(user_item(after, self.shards), unchanged(before.version))

    def _write_and_release(
        self, writes: Sequence[Write], release: Sequence[Write], deadline: Deadline
    ) -> Refused | None:
        """Do `writes`, and free an email address in the same transaction.

        An address that belongs to another user by now is not freed.
        """
        refused = self._table.write([*writes, *release], deadline)
        if refused is not None and refused.write in release:
            return self._table.write(writes, deadline)
        return refused


def _is_own(old: Item, user: User) -> bool:
    """Return whether the write met its own result, because its response was lost.

    An idempotency item has the id of the record that it created; a guard has its owner.
    """
    return (
        old.get("writeId") == user.write_id
        or old.get("recordId") == user.user_id
        or old.get("owner") == user.user_id
    )
