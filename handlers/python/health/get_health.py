"""getHealth: GET /health."""

from typing import NamedTuple

from shared.version import IMPLEMENTATION, VERSION


class Health(NamedTuple):
    """That the service answers, in which version of the API, and by what."""

    status: str
    version: str
    implementation: str


def get_health() -> Health:
    """Say that the function runs; nothing else is touched."""
    return Health("ok", VERSION, IMPLEMENTATION)
