"""How patient a run is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """How long a run waits, in seconds, and how much it follows."""

    eventually: float = 10.0
    """For a read through an index to hold."""
    eventually_pause: float = 0.2
    logs: float = 20.0
    """For CloudWatch to show an event, which takes it some seconds."""
    logs_pause: float = 0.5
    longest_wait: float = 120.0
    """The longest that a journey may wait for the clock."""
    most_pages: int = 10_000
    """After how many pages a list is taken to have no end."""


PATIENT = Timing()
