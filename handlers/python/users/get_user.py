"""getUser: GET /users/{userId}."""

from users.model import User, UserStore, live_user


def get_user(users: UserStore, user_id: str, now: int) -> User:
    """Return the user, or raise `UserNotFound`; an expired user is not found."""
    return live_user(users, user_id, now)
