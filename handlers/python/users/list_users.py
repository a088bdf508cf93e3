"""listUsers: GET /users."""

from collections.abc import Sequence

from shared.moment import Moment
from shared.pages import Page, ShardPage, ShardQuery, Slice, cut_page, merge_page
from users.model import User, UserStore


def list_users(
    users: UserStore, wanted: Slice, email: str | None, moment: Moment
) -> Page[User]:
    """Return live users, newest first; with `email` (in lower case) only its own."""
    if email is not None:
        return cut_page(users.with_email(email, moment), wanted, moment.now)

    def ask(queries: Sequence[ShardQuery]) -> Sequence[ShardPage[User]]:
        return users.newest(queries, moment)

    return merge_page(ask, users.shards, wanted, moment.now)
