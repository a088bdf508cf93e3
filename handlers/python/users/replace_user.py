"""replaceUser: PUT /users/{userId}."""

from shared.changes import change
from shared.clock import Clock
from shared.etags import EntityTags
from users.bodies import UserCreate
from users.model import User, UserStore, live_user, user_of


def replace_user(
    users: UserStore,
    user_id: str,
    body: UserCreate,
    if_match: EntityTags | None,
    clock: Clock,
) -> User:
    """Replace all fields that a client may set; those not in `body` are removed.

    Raises `UserNotFound`, `PreconditionFailed`, `EmailTaken` and `Conflict`.
    """

    def write(before: User) -> User | None:
        after = user_of(
            body,
            user_id=before.user_id,
            created_at=before.created_at,
            version=before.version + 1,
            now=clock.now,
        )
        return after if users.replace(before, after, clock) else None

    return change(
        lambda: live_user(users, user_id, clock), if_match, write, clock.deadline
    )
