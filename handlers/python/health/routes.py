"""The operation on the service's health as a route: it turns a call into a response."""

from collections.abc import Mapping
from typing import Any

from health.get_health import get_health
from health.view import health_view
from shared.http.response import Response, ok
from shared.http.route import Call, Route


def _get(_stores: object, _call: Call) -> Response:
    return ok(health_view(get_health()))


# By API Gateway's `routeKey`. Any: it uses no store, so it fits every function.
HEALTH_ROUTES: Mapping[str, Route[Any]] = {"GET /health": Route("getHealth", _get)}
