"""How long a run waits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Waiting times in seconds, and the most pages of a list."""

    eventually: float = 10.0
    """For a read through an index to become right."""
    eventually_pause: float = 0.2
    logs: float = 20.0
    """For CloudWatch to show an event, which takes some seconds."""
    logs_pause: float = 0.5
    longest_wait: float = 120.0
    """The longest that a journey may wait for the clock."""
    most_pages: int = 10_000
    """After this many pages a list counts as endless."""


PATIENT = Timing()
