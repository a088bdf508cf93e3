"""What the operations of this service do to what is stored."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ServiceEffects:
    """Guards follow addresses, objects follow assets, keys follow creations."""
