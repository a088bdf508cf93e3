"""deleteUser: DELETE /users/{userId}."""

from shared.changes import change
from shared.clock import Clock
from shared.etags import EntityTags
from users.model import User, UserStore, live_user


def delete_user(
    users: UserStore, user_id: str, if_match: EntityTags | None, clock: Clock
) -> None:
    """Delete the user and free its email address.

    Raises `UserNotFound`, `PreconditionFailed` and `Conflict`.
    """

    def write(before: User) -> User | None:
        return before if users.delete(before, clock) else None

    change(lambda: live_user(users, user_id, clock), if_match, write, clock.deadline)
