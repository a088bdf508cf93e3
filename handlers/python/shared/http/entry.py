"""The way in: an event becomes a call, and whatever comes of it an answer."""

import time
from collections.abc import Mapping
from typing import Protocol

from shared.errors import NotFound
from shared.http.exchange import Exchange
from shared.http.problems import problem_response
from shared.http.request import Request, read_request, request_id_of
from shared.http.response import Response, rendered
from shared.http.route import Route
from shared.ids import is_ulid
from shared.log import LOG
from shared.moment import Moment


class LambdaContext(Protocol):
    """What is read of Lambda's context object."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""
        ...


class Entry:
    """A Lambda function: its routes by `routeKey`, and the name of its records' id.

    Called with an event and Lambda's context, it returns a response and never raises.
    """

    def __init__(self, id_name: str, routes: Mapping[str, Route]) -> None:
        self._id_name = id_name
        self._routes = routes
        self._cold = True

    def __call__(self, event: object, context: LambdaContext) -> dict[str, object]:
        """Answer one event."""
        cold_start, self._cold = self._cold, False
        if _is_warming(event):
            LOG.info("warming", coldStart=cold_start)
            return {"warmed": True}
        request_id = request_id_of(event) or context.aws_request_id
        exchange = Exchange(self._id_name, request_id, cold_start)
        moment = Moment(
            time.time_ns() // 1_000_000, context.get_remaining_time_in_millis
        )
        try:
            response = self._answer(read_request(event), moment, exchange)
        # The one place where all is caught: a client gets an answer whatever happens.
        except Exception as error:  # noqa: BLE001
            response = problem_response(error)
            if response.status >= 500:
                exchange.log_fault(error, response.status)
        exchange.log_answer(response)
        return rendered(response, request_id)

    def _answer(self, request: Request, moment: Moment, exchange: Exchange) -> Response:
        exchange.request_bytes = request.octet_count()
        route = self._routes.get(request.route)
        if route is None:
            raise NotFound
        exchange.operation = route.operation
        record_id = request.path.get(self._id_name, "")
        exchange.record_id = record_id if is_ulid(record_id) else None
        return route.respond(route.call(request, self._id_name, moment))


def _is_warming(event: object) -> bool:
    """Tell whether the event is exactly {"warming": true}, the warming rule's input."""
    return isinstance(event, dict) and len(event) == 1 and event.get("warming") is True
