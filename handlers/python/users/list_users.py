"""listUsers: GET /users."""

from collections.abc import Sequence

from shared.clock import Clock
from shared.pages import Page, ShardPage, ShardQuery, Slice, cut_page, merge_page
from users.model import User, UserStore


def list_users(
    users: UserStore, wanted: Slice, email: str | None, clock: Clock
) -> Page[User]:
    """Return live users, newest first; with `email` (lower case), only its users."""
    if email is not None:
        return cut_page(users.with_email(email, clock), wanted, clock.now)

    def ask(queries: Sequence[ShardQuery]) -> Sequence[ShardPage[User]]:
        return users.newest(queries, clock)

    return merge_page(ask, users.shards, wanted, clock.now)
