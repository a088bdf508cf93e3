"""The service's health as clients see it (contract/schemas/health.json)."""

from health.get_health import Health
from shared.json_reader import JsonValue


def health_view(health: Health) -> dict[str, JsonValue]:
    """Return the document."""
    return {
        "status": health.status,
        "version": health.version,
        "implementation": health.implementation,
    }
