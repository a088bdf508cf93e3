"""CORS as an HTTP API applies it from its configuration.

Source: API Gateway developer guide, "Configure CORS for HTTP APIs". The gateway
answers preflights itself, adds the configured headers to every other response to an
allowed origin, and ignores the CORS headers of a function.
"""

from __future__ import annotations

from local.http.messages import Request, Response
from local.model import Cors

PREFIX = "access-control-"


def is_preflight(request: Request) -> bool:
    """Return whether a request is a CORS-preflight request (Fetch standard 3.2.2)."""
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
    """Return the CORS headers of a response for the origin of its request."""
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
    # An HTTP API also supports `https://*`, but the parameter CorsOrigins does not.
    return origin if origin.lower() in cors.allow_origins else None
