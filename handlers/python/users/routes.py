"""The operations on users as routes: calls in, answers out."""

from collections.abc import Mapping

from schemas import USER_EMAIL
from shared.http.media_type import JSON, MERGE_PATCH
from shared.http.query import limit_fault, no_fault, read_slice, text_fault
from shared.http.response import Response, created, no_content, not_modified, ok
from shared.http.route import Call, Route
from shared.text import ascii_lower
from users.bodies import UserCreate, UserPatch, UserReplace
from users.create_user import create_user
from users.delete_user import delete_user
from users.get_user import get_user
from users.list_users import list_users
from users.model import UserStore
from users.replace_user import replace_user
from users.update_user import update_user
from users.view import user_page_view, user_view


class UserRoutes:
    """The operations on the users of one store."""

    def __init__(self, users: UserStore) -> None:
        self._users = users

    def routes(self) -> Mapping[str, Route]:
        """Return the routes by API Gateway's `routeKey`."""
        return {
            "POST /users": Route(
                "createUser",
                self._create,
                media_types=JSON,
                headers=("idempotency-key",),
            ),
            "GET /users": Route(
                "listUsers",
                self._list,
                parameters={
                    "limit": limit_fault,
                    "cursor": no_fault,
                    "email": text_fault(USER_EMAIL),
                },
            ),
            "GET /users/{userId}": Route(
                "getUser", self._get, headers=("if-none-match",)
            ),
            "PUT /users/{userId}": Route(
                "replaceUser", self._replace, media_types=JSON, headers=("if-match",)
            ),
            "PATCH /users/{userId}": Route(
                "updateUser",
                self._update,
                media_types=MERGE_PATCH,
                headers=("if-match",),
            ),
            "DELETE /users/{userId}": Route(
                "deleteUser", self._delete, headers=("if-match",)
            ),
        }

    def _create(self, call: Call) -> Response:
        new = call.body(UserCreate)
        user = create_user(self._users, new, call.idempotency, call.moment)
        return created("users", user.user_id, user.version, user_view(user))

    def _list(self, call: Call) -> Response:
        wanted = read_slice(call.query)
        email = call.query.get("email")
        address = None if email is None else ascii_lower(email)
        page = list_users(self._users, wanted, address, call.moment)
        return ok(user_page_view(page))

    def _get(self, call: Call) -> Response:
        user = get_user(self._users, call.record_id, call.moment)
        seen = call.if_none_match
        if seen is not None and seen.match_weakly(user.version):
            return not_modified(user.version)
        return ok(user_view(user), user.version)

    def _replace(self, call: Call) -> Response:
        new = call.body(UserReplace)
        user = replace_user(
            self._users, call.record_id, new, call.if_match, call.moment
        )
        return ok(user_view(user), user.version)

    def _update(self, call: Call) -> Response:
        patch = call.body(UserPatch)
        user = update_user(
            self._users, call.record_id, patch, call.if_match, call.moment
        )
        return ok(user_view(user), user.version)

    def _delete(self, call: Call) -> Response:
        delete_user(self._users, call.record_id, call.if_match, call.moment)
        return no_content()
