"""replaceUser: PUT /users/{userId}."""

from shared.changes import change
from shared.etags import EntityTags
from shared.ids import new_write_id
from shared.moment import Moment
from users.bodies import UserReplace
from users.model import User, UserStore, live_user


def replace_user(
    users: UserStore,
    user_id: str,
    body: UserReplace,
    if_match: EntityTags | None,
    moment: Moment,
) -> User:
    """Replace all that a client may set; what `body` leaves out is removed.

    Raises `UserNotFound`, `PreconditionFailed`, `EmailTaken` and `Conflict`.
    """

    def write(before: User) -> User | None:
        after = before._replace(
            email=body.email,
            name=body.name,
            department=body.department,
            expires_at=body.expires_at,
            updated_at=moment.now,
            version=before.version + 1,
            write_id=new_write_id(),
        )
        return after if users.replace(before, after, moment) else None

    return change(lambda: live_user(users, user_id, moment), if_match, write, moment)
