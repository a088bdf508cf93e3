"""Which pages may call a local stack: the value of its parameter CorsOrigins."""

from __future__ import annotations

import re
from collections.abc import Iterable

from local.emulator.access import loopback_origins
from local.template import ConfigurationError, load


def allowed_origins(ports: Iterable[int], given: str) -> tuple[str, ...]:
    """Return the origins of the stack's own pages at `ports`, and those `given`.

    Those are separated by commas. Raises `ConfigurationError` if CorsOrigins of the
    template would refuse one.
    """
    own = loopback_origins(ports)
    if not given:
        return own
    origins = tuple(dict.fromkeys((*own, *given.split(","))))
    pattern = load()["Parameters"]["CorsOrigins"]["AllowedPattern"]
    if not re.fullmatch(pattern, ",".join(origins)):
        raise ConfigurationError(
            "CORS_ORIGINS must be origins such as http://localhost:5173, separated by"
            f" commas, not {given}"
        )
    return origins
