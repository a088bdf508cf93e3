"""A user, and the interface of the store of users."""

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
    the writes, and `write_id` identifies the last one.
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
        """The user's position in lists."""
        return Position(self.created_at, self.user_id)

    def shown(self) -> dict[str, str | int | None]:
        """Return the fields that clients see, by their names in the contract."""
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
        """Return whether the user is gone at `now`."""
        return is_expired(self.expires_at, now)


def user_of(
    body: UserCreate,
    *,
    user_id: str,
    created_at: int,
    version: int,
    now: int,
) -> User:
    """Return the user that `body` describes, as it is written at `now` (ms)."""
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
    """The store of users. Every method raises `Unavailable`."""

    @property
    def shards(self) -> int:
        """The number of shards of the list of users."""
        ...

    def find(self, user_id: str, clock: Clock) -> User | None:
        """Return the user as it is now, even if it has expired."""
        ...

    def create(
        self, user: User, idempotency: IdempotencyKey | None, clock: Clock
    ) -> FirstUse | None:
        """Store a new user, or return the first use of the idempotency key.

        Raises `EmailTaken`.
        """
        ...

    def replace(self, before: User, after: User, clock: Clock) -> bool:
        """Store `after` if `before` is unchanged; return whether it was stored.

        Raises `EmailTaken`.
        """
        ...

    def delete(self, user: User, clock: Clock) -> bool:
        """Remove the user if it is unchanged; return whether it was removed."""
        ...

    def newest(
        self, queries: Sequence[ShardQuery], clock: Clock
    ) -> Sequence[ShardPage[User]]:
        """Query shards of the list of users in parallel."""
        ...

    def with_email(self, email: str, clock: Clock) -> Sequence[User]:
        """Return all users with the email address, including expired ones."""
        ...


def live_user(users: UserStore, user_id: str, clock: Clock) -> User:
    """Return the user, or raise `UserNotFound`; an expired user is not found."""
    user = users.find(user_id, clock)
    if user is None or user.expired(clock.now):
        raise UserNotFound(user_id)
    return user
