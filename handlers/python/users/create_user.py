"""createUser: POST /users."""

from shared.clock import Clock
from shared.idempotency import IdempotencyKey, repeated_record
from shared.ids import new_ulid
from users.bodies import UserCreate
from users.model import User, UserStore, live_user, user_of


def create_user(
    users: UserStore,
    body: UserCreate,
    idempotency: IdempotencyKey | None,
    clock: Clock,
) -> User:
    """Create a user, or return the one that the same request created before.

    Raises `EmailTaken`. With an idempotency key, also raises `IdempotencyKeyReused`,
    and `UserNotFound` if the user it created is gone.
    """
    user = user_of(
        body,
        user_id=new_ulid(clock.now),
        created_at=clock.now,
        version=1,
        now=clock.now,
    )
    first = users.create(user, idempotency, clock)
    if first is None:
        return user
    return live_user(users, repeated_record(first, idempotency), clock)
