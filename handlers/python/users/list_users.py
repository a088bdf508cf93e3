"""listUsers: GET /users."""

from shared.pages import Page, Slice, cut_page, merge_page
from users.model import User, UserStore


def list_users(
    users: UserStore, wanted: Slice, email: str | None, now: int
) -> Page[User]:
    """Return live users, newest first; with `email` (in lower case) only its own."""
    if email is not None:
        return cut_page(users.with_email(email), wanted, now)
    return merge_page(users.newest, users.shards, wanted, now)
