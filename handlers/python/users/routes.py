"""The operations on users as routes: each turns a call into a response."""

from collections.abc import Mapping

from schemas import USER_EMAIL
from shared.http.media_type import JSON_ONLY, MERGE_PATCH, NO_BODY
from shared.http.query import Parameters, limit_fault, no_fault, read_slice, text_fault
from shared.http.response import Response, created, no_content, not_modified, ok
from shared.http.route import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    NO_HEADERS,
    Call,
    Route,
)
from shared.text import ascii_lower
from users.bodies import UserCreate, UserPatch
from users.create_user import create_user
from users.delete_user import delete_user
from users.get_user import get_user
from users.list_users import list_users
from users.model import UserStore
from users.replace_user import replace_user
from users.update_user import update_user
from users.view import user_page_view, user_view


def _create(users: UserStore, call: Call) -> Response:
    body = call.body(UserCreate)
    user = create_user(users, body, call.idempotency, call.clock)
    return created("users", user.user_id, user.version, user_view(user))


def _list(users: UserStore, call: Call) -> Response:
    wanted = read_slice(call.query)
    email = call.query.get("email")
    address = None if email is None else ascii_lower(email)
    page = list_users(users, wanted, address, call.clock)
    return ok(user_page_view(page))


def _get(users: UserStore, call: Call) -> Response:
    user = get_user(users, call.record_id, call.clock)
    if call.if_none_match and call.if_none_match.match_weakly(user.version):
        return not_modified(user.version)
    return ok(user_view(user), user.version)


def _replace(users: UserStore, call: Call) -> Response:
    body = call.body(UserCreate)
    user = replace_user(users, call.record_id, body, call.if_match, call.clock)
    return ok(user_view(user), user.version)


def _update(users: UserStore, call: Call) -> Response:
    patch = call.body(UserPatch)
    user = update_user(users, call.record_id, patch, call.if_match, call.clock)
    return ok(user_view(user), user.version)


def _remove(users: UserStore, call: Call) -> Response:
    delete_user(users, call.record_id, call.if_match, call.clock)
    return no_content()


_QUERY: Parameters = {
    "limit": limit_fault,
    "cursor": no_fault,
    "email": text_fault(USER_EMAIL),
}

# For each `routeKey` of API Gateway: the operation, its function, and what it reads.
USER_ROUTES: Mapping[str, Route[UserStore]] = {
    "POST /users": Route("createUser", _create, JSON_ONLY, IDEMPOTENCY_KEY),
    "GET /users": Route("listUsers", _list, NO_BODY, NO_HEADERS, _QUERY),
    "GET /users/{userId}": Route("getUser", _get, NO_BODY, IF_NONE_MATCH),
    "PUT /users/{userId}": Route("replaceUser", _replace, JSON_ONLY, IF_MATCH),
    "PATCH /users/{userId}": Route("updateUser", _update, MERGE_PATCH, IF_MATCH),
    "DELETE /users/{userId}": Route("deleteUser", _remove, NO_BODY, IF_MATCH),
}
