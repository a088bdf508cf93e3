"""updateUser: PATCH /users/{userId}."""

from shared.changes import change
from shared.clock import Clock
from shared.etags import EntityTags
from shared.ids import new_write_id
from users.bodies import UserPatch
from users.model import User, UserStore, live_user


def update_user(
    users: UserStore,
    user_id: str,
    patch: UserPatch,
    if_match: EntityTags | None,
    clock: Clock,
) -> User:
    """Change the fields that `patch` has; an empty patch is a write too.

    Raises `UserNotFound`, `PreconditionFailed`, `EmailTaken` and `Conflict`.
    """

    def write(before: User) -> User | None:
        after = before._replace(
            **patch.model_dump(exclude_unset=True),
            updated_at=clock.now,
            version=before.version + 1,
            write_id=new_write_id(),
        )
        return after if users.replace(before, after, clock) else None

    return change(
        lambda: live_user(users, user_id, clock), if_match, write, clock.deadline
    )
