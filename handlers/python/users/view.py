"""A user as clients see it (contract/schemas/user.json)."""

from shared.json_reader import JsonValue
from shared.page_view import page_view, present
from shared.pages import Page
from users.model import User


def user_view(user: User) -> dict[str, JsonValue]:
    """Return the user; optional fields that are not set are left out."""
    return present(user.shown())


def user_page_view(page: Page[User]) -> dict[str, JsonValue]:
    """Return a page of users, with a cursor if there may be more."""
    return page_view(page, user_view)
