"""Whether the service is there."""
