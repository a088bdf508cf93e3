"""getUser: GET /users/{userId}."""

from shared.clock import Clock
from users.model import User, UserStore, live_user


def get_user(users: UserStore, user_id: str, clock: Clock) -> User:
    """Return the user, or raise `UserNotFound`; an expired user is not found."""
    return live_user(users, user_id, clock)
