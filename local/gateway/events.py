"""API Gateway's part of the front: its own responses, and requests as events.

twinproof.exchange.payload defines the fields of an event and the response of a result.
"""

from __future__ import annotations

import base64
import secrets
import time

from local.http.messages import Request, Response
from local.http.routes import Match
from local.lambda_.invocation import compact
from twinproof.exchange import model as exchanges
from twinproof.exchange import payload

# The gateway sets these on every response: hop-by-hop headers, and computed ones.
RESERVED = frozenset(
    {
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def new_request_id() -> str:
    """Return a request id in the form of API Gateway's: 15 characters and `=`."""
    return base64.b64encode(secrets.token_bytes(11)).decode("ascii")


def message(status: int, text: str) -> Response:
    """Return a response of the gateway itself."""
    headers = (("content-type", "application/json"),)
    return Response(status, headers, compact({"message": text}))


def event_of(
    request: Request,
    match: Match,
    *,
    request_id: str,
    trace: str,
    port: int,
) -> payload.Event:
    """Return a function's event for a request; any bytes give a valid event."""
    path, _, query = request.target.partition("?")
    context = payload.Context(
        match.route.key,
        match.parameters,
        request_id,
        time.time_ns() // 1_000_000,
        trace,
        source_ip=request.peer,
        scheme="http",
        port=port,
        api_id="local",
        domain_name=request.header("host") or "localhost",
    )
    sent = exchanges.Request(request.method, path, query, request.headers, request.body)
    return payload.event_of(sent, context)


def response_of(result: bytes) -> Response:
    """Return the response that a function's result describes, or raise `BadResult`."""
    answer = payload.response_of(result)
    kept = tuple(each for each in answer.headers if each[0] not in RESERVED)
    return Response(answer.status, kept, answer.body)
