"""A simulation of the sandboxes of one function, request by request.

Lambda gives a request the sandbox that became idle last, or a new one; ends those that
were idle or alive too long; and serves one request at a time in each. Which idle
sandbox it takes is not documented; the last is the choice that lets fleets shrink.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lab.scale.costs import SECONDS_PER_DAY
from lab.scale.seeded_random import SeededRandom


@dataclass(frozen=True)
class Function:
    """Times in seconds: of warm requests (equally likely), and what a cold one adds."""

    warm: Sequence[float]
    cold: float


@dataclass(frozen=True)
class SandboxRetention:
    """How sandboxes are kept; times in seconds.

    `ping` is the pause between calls that keep one warm, `provisioned` how many are
    never ended.
    """

    idle: float
    age: float
    ping: float | None = None
    provisioned: int = 0


@dataclass(frozen=True)
class Demand:
    """Requests a second on average; over a day it goes up to `peak` times that.

    From `begin` (seconds of the day, the peak is at a quarter) for `seconds`, of which
    the first `settling` do not count.
    """

    rate: float
    peak: float
    seconds: float
    begin: float = 0.0
    settling: float = 0.0

    def at(self, when: float) -> float:
        """Return the rate at a time since `begin`."""
        turn = 2 * math.pi * (self.begin + when) / SECONDS_PER_DAY
        return self.rate * (1 + (self.peak - 1) * math.sin(turn))


@dataclass
class Fleet:
    """What came of it: counts, and the most sandboxes busy at once."""

    requests: int = 0
    cold: int = 0
    most_busy: int = 0

    @property
    def cold_share(self) -> float:
        """Return the share of requests that met a cold sandbox."""
        return self.cold / self.requests if self.requests else 0.0


def simulate(
    function: Function, demand: Demand, retention: SandboxRetention, draws: SeededRandom
) -> Fleet:
    """Run requests, and pings, through a fleet that begins with what is provisioned."""
    fleet = Fleet()
    sandboxes = _Sandboxes(retention)
    for when, is_ping in _arrivals(demand, retention.ping, draws):
        born = sandboxes.take(when)
        counts = not is_ping and when >= demand.settling
        seconds = 0.0 if is_ping else _pick(function.warm, draws)
        if born is None:
            born = when
            seconds += function.cold
            fleet.cold += counts
        sandboxes.busy(when + seconds, born)
        if when < demand.settling:
            continue
        fleet.requests += counts
        fleet.most_busy = max(fleet.most_busy, sandboxes.busy_count)
    return fleet


class _Sandboxes:
    """Idle ones in the order in which they became idle, busy ones by their end.

    Those provisioned are taken first, and never end: their birth lies ahead for ever.
    """

    def __init__(self, retention: SandboxRetention) -> None:
        self._keeping = retention
        self._provisioned = retention.provisioned
        self._idle: deque[tuple[float, float]] = deque()
        self._busy: list[tuple[float, float]] = []

    @property
    def busy_count(self) -> int:
        return len(self._busy)

    def take(self, when: float) -> float | None:
        """Return the birth of the sandbox that takes a request, None for a new one."""
        self._settle(when)
        if self._provisioned:
            self._provisioned -= 1
            return math.inf
        while self._idle:
            _, born = self._idle.pop()
            if when - born < self._keeping.age:
                return born
        return None

    def busy(self, until: float, born: float) -> None:
        """Let a sandbox work until a time."""
        heapq.heappush(self._busy, (until, born))

    def _settle(self, when: float) -> None:
        """Let those that are done by now be idle, and end what was idle too long."""
        while self._busy and self._busy[0][0] <= when:
            ended, born = heapq.heappop(self._busy)
            if born == math.inf:
                self._provisioned += 1
            else:
                self._idle.append((ended, born))
        while self._idle and when - self._idle[0][0] > self._keeping.idle:
            self._idle.popleft()


def _arrivals(
    demand: Demand, ping: float | None, draws: SeededRandom
) -> Iterator[tuple[float, bool]]:
    """Yield times of requests, and of pings, in order; whether it is a ping."""
    most = demand.rate * demand.peak
    next_ping = ping or math.inf
    when = draws.gap(most)
    while when < demand.seconds:
        while next_ping <= when:
            yield next_ping, True
            next_ping += ping or math.inf
        # Thinning: as many of the peak's requests as come at this time of the day.
        if draws.uniform() * most < demand.at(when):
            yield when, False
        when += draws.gap(most)


def _pick(times: Sequence[float], draws: SeededRandom) -> float:
    return times[int(draws.uniform() * len(times))]
