"""createUser: POST /users."""

from shared.idempotency import IdempotencyKey, repeated_record
from shared.ids import new_ulid
from shared.moment import Moment
from users.bodies import UserCreate
from users.model import User, UserStore, live_user, user_of


def create_user(
    users: UserStore,
    body: UserCreate,
    idempotency: IdempotencyKey | None,
    moment: Moment,
) -> User:
    """Create a user, or return the one that the same request created before.

    Raises `EmailTaken`; under a key also `IdempotencyKeyReused`, and `UserNotFound`
    when the user it created is gone.
    """
    user = user_of(
        body,
        user_id=new_ulid(moment.now),
        created_at=moment.now,
        version=1,
        now=moment.now,
    )
    first = users.create(user, idempotency, moment)
    if first is None:
        return user
    return live_user(users, repeated_record(first, idempotency), moment)
