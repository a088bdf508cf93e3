"""getUser: GET /users/{userId}."""

from shared.moment import Moment
from users.model import User, UserStore, live_user


def get_user(users: UserStore, user_id: str, moment: Moment) -> User:
    """Return the user, or raise `UserNotFound`; an expired user is not found."""
    return live_user(users, user_id, moment)
