"""A user, and what the operations need of a store of users."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from shared.clock import Clock
from shared.expiry import is_expired
from shared.idempotency import FirstUse, IdempotencyKey
from shared.ids import new_write_id
from shared.pages import Position, ShardPage, ShardQuery
from users.bodies import UserCreate
from users.errors import UserNotFound


class User(NamedTuple):
    """A user as it is stored; times are milliseconds since 1970.

    `created_at` is the time in `user_id`; `email` is in lower case; `version` counts
    the writes, and `write_id` is the last one's own.
    """

    user_id: str
    email: str
    name: str
    department: str | None
    expires_at: int | None
    created_at: int
    updated_at: int
    version: int
    write_id: str

    @property
    def position(self) -> Position:
        """Where the user stands in lists."""
        return Position(self.created_at, self.user_id)

    def shown(self) -> dict[str, str | int | None]:
        """Return what clients see, by the names of contract/schemas/user.json."""
        return {
            "userId": self.user_id,
            "email": self.email,
            "name": self.name,
            "department": self.department,
            "expiresAt": self.expires_at,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
        }

    def expired(self, now: int) -> bool:
        """Tell whether the user is gone at `now`."""
        return is_expired(self.expires_at, now)


def user_of(
    body: UserCreate,
    *,
    user_id: str,
    created_at: int,
    version: int,
    now: int,
) -> User:
    """Return the user that a client describes whole, as it is written at `now` (ms)."""
    return User(
        user_id=user_id,
        email=body.email,
        name=body.name,
        department=body.department,
        expires_at=body.expires_at,
        created_at=created_at,
        updated_at=now,
        version=version,
        write_id=new_write_id(),
    )


class UserStore(Protocol):
    """Where users are kept. Every method raises `Unavailable`."""

    @property
    def shards(self) -> int:
        """In how many shards the list of users is kept."""
        ...

    def find(self, user_id: str, clock: Clock) -> User | None:
        """Return the user as it is now, also an expired one."""
        ...

    def create(
        self, user: User, idempotency: IdempotencyKey | None, clock: Clock
    ) -> FirstUse | None:
        """Store a new user, or return what the key was used for before.

        Raises `EmailTaken`.
        """
        ...

    def replace(self, before: User, after: User, clock: Clock) -> bool:
        """Store `after` if `before` still stands, and tell whether it did.

        Raises `EmailTaken`.
        """
        ...

    def delete(self, user: User, clock: Clock) -> bool:
        """Remove the user if it still stands, and tell whether it did."""
        ...

    def newest(
        self, queries: Sequence[ShardQuery], clock: Clock
    ) -> Sequence[ShardPage[User]]:
        """Ask shards of the list of users, side by side."""
        ...

    def with_email(self, email: str, clock: Clock) -> Sequence[User]:
        """Return all users of the address, also expired ones."""
        ...


def live_user(users: UserStore, user_id: str, clock: Clock) -> User:
    """Return the user, or raise `UserNotFound`; an expired user is not found."""
    user = users.find(user_id, clock)
    if user is None or user.expired(clock.now):
        raise UserNotFound(user_id)
    return user
