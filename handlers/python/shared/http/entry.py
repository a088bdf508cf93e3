"""The entry of a function: an event becomes a call, and its result a response."""

import time
from collections.abc import Mapping
from typing import Generic, Protocol

from shared.clock import Clock, Deadline
from shared.errors import NotFound
from shared.http.exchange import Exchange
from shared.http.problems import problem_response
from shared.http.request import Request, read_request, request_id_of
from shared.http.response import Response, rendered
from shared.http.route import Route, Stores
from shared.ids import is_ulid
from shared.log import log


class LambdaContext(Protocol):
    """The part of Lambda's context object that is read."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""
        ...


class Entry(Generic[Stores]):
    """A Lambda function: its routes by `routeKey`, and the stores that they use.

    `id_name` is the name of the record's id in the path: userId or assetId.
    """

    def __init__(
        self, id_name: str, routes: Mapping[str, Route[Stores]], stores: Stores
    ) -> None:
        self._id_name = id_name
        self._routes = routes
        self._stores = stores
        self._cold = True

    def answer(self, event: object, context: LambdaContext) -> dict[str, object]:
        """Answer one event; never raises."""
        cold_start, self._cold = self._cold, False
        if _is_warming(event):
            log("info", "warming", {"coldStart": cold_start})
            return {"warmed": True}
        request_id = request_id_of(event) or context.aws_request_id
        exchange = Exchange(self._id_name, request_id, cold_start)
        deadline = Deadline(context.get_remaining_time_in_millis)
        clock = Clock(time.time_ns() // 1_000_000, deadline)
        response = self._response_to(event, clock, exchange)
        exchange.log_response(response)
        return rendered(response, request_id)

    def _response_to(self, event: object, clock: Clock, exchange: Exchange) -> Response:
        """Return the response; only this method catches every exception."""
        try:
            return self._respond(read_request(event), clock, exchange)
        except Exception as error:  # noqa: BLE001 - the client is answered
            response = problem_response(error)
            if response.status >= 500:
                exchange.log_fault(error, response.status)
            return response

    def _respond(self, request: Request, clock: Clock, exchange: Exchange) -> Response:
        exchange.request_bytes = request.byte_count()
        route = self._routes.get(request.route)
        if route is None:
            raise NotFound
        exchange.operation = route.operation
        record_id = request.path.get(self._id_name, "")
        exchange.record_id = record_id if is_ulid(record_id) else None
        return route.respond(self._stores, route.call(request, self._id_name, clock))


def _is_warming(event: object) -> bool:
    """Return whether the event is exactly {"warming": true}, from the warming rule."""
    return isinstance(event, dict) and len(event) == 1 and event.get("warming") is True
