"""getHealth: GET /health."""

from typing import NamedTuple

from shared.version import IMPLEMENTATION, VERSION


class Health(NamedTuple):
    """The status of the service, its version of the API, and its implementation."""

    status: str
    version: str
    implementation: str


def get_health() -> Health:
    """Return that the function runs; no other part of the service is called."""
    return Health("ok", VERSION, IMPLEMENTATION)
