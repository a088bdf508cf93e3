"""CORS as an HTTP API answers it from its configuration.

Source: API Gateway developer guide, "Configure CORS for HTTP APIs": the gateway
answers preflights itself, adds the configured headers to every other answer to an
allowed origin, and ignores those a function sends.
"""

from __future__ import annotations

from local.http.messages import Request, Response
from local.model import Cors

PREFIX = "access-control-"


def is_preflight(request: Request) -> bool:
    """Whether a browser asks leave for a request to come (Fetch standard 3.2.2)."""
    return (
        request.method == "OPTIONS"
        and request.header("origin") is not None
        and request.header("access-control-request-method") is not None
    )


def preflight(cors: Cors, request: Request) -> Response:
    """Answer a preflight; an origin that is not allowed gets no CORS headers."""
    headers = list(headers_for(cors, request))
    if headers:
        headers += [
            (PREFIX + "allow-methods", ",".join(cors.allow_methods)),
            (PREFIX + "allow-headers", ",".join(cors.allow_headers)),
            (PREFIX + "max-age", str(cors.max_age_seconds)),
        ]
    return Response(204, tuple(headers))


def headers_for(cors: Cors, request: Request) -> tuple[tuple[str, str], ...]:
    """Return the headers an answer gets for the origin of its request."""
    allowed = _allowed(cors, request.header("origin"))
    if allowed is None:
        return ()
    headers = [(PREFIX + "allow-origin", allowed)]
    if cors.expose_headers:
        headers.append((PREFIX + "expose-headers", ",".join(cors.expose_headers)))
    return tuple(headers)


def _allowed(cors: Cors, origin: str | None) -> str | None:
    """Return the value of access-control-allow-origin, or None."""
    if origin is None:
        return None
    if "*" in cors.allow_origins:
        return "*"
    # `https://*`, which an HTTP API knows too, cannot be given: see CorsOrigins.
    return origin if origin.lower() in cors.allow_origins else None
