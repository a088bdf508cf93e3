"""The operation on the service's health as a route: calls in, answers out."""

from collections.abc import Mapping
from typing import Any

from health.get_health import get_health
from health.view import health_view
from shared.http.response import Response, ok
from shared.http.route import Call, Route


def _get(_stores: object, _call: Call) -> Response:
    return ok(health_view(get_health()))


# By API Gateway's `routeKey`. Any: it works on no store, whatever the function's are.
HEALTH_ROUTES: Mapping[str, Route[Any]] = {"GET /health": Route("getHealth", _get)}
