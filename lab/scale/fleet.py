"""A simulation of the sandboxes of one function, request by request.

Lambda gives a request the sandbox that became idle last, or a new one. It ends
sandboxes that were idle or alive for too long, and each serves one request at a time.
AWS does not document which idle sandbox Lambda takes; taking the last one lets the
fleet shrink.
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
    """Seconds of warm requests, all equally likely, and those that a cold one adds."""

    warm: Sequence[float]
    cold: float


@dataclass(frozen=True)
class SandboxRetention:
    """How long Lambda keeps sandboxes; times in seconds.

    `idle` and `age` are the greatest times that a sandbox is idle and alive, `ping` is
    the interval of the warming rule, `provisioned` the number of provisioned sandboxes.
    """

    idle: float
    age: float
    ping: float | None = None
    provisioned: int = 0


@dataclass(frozen=True)
class Demand:
    """The rate of requests: `rate` a second on average, at the peak `peak` times that.

    It lasts from `begin` (in seconds of the day; the peak is at a quarter of the day)
    for `seconds`. The first `settling` seconds do not count.
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
    """The result: counts of requests, and the most sandboxes busy at once."""

    requests: int = 0
    cold: int = 0
    most_busy: int = 0

    @property
    def cold_share(self) -> float:
        """Return the share of requests with a cold start."""
        return self.cold / self.requests if self.requests else 0.0


def simulate(
    function: Function, demand: Demand, retention: SandboxRetention, draws: SeededRandom
) -> Fleet:
    """Simulate requests and pings; the fleet begins with the provisioned sandboxes."""
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
    """Idle sandboxes in the order in which they became idle, busy ones by their end.

    Provisioned sandboxes are taken first and never end: their birth is infinite.
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
        """Return the birth of the sandbox that takes a request, None if it is new."""
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
        """Mark a sandbox as busy until a time."""
        heapq.heappush(self._busy, (until, born))

    def _settle(self, when: float) -> None:
        """Move finished sandboxes to the idle ones, and end those idle too long."""
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
    """Yield the times of requests and pings in order, and whether it is a ping."""
    most = demand.rate * demand.peak
    next_ping = ping or math.inf
    when = draws.gap(most)
    while when < demand.seconds:
        while next_ping <= when:
            yield next_ping, True
            next_ping += ping or math.inf
        # Thinning: keep the share of the peak's requests that this time of day has.
        if draws.uniform() * most < demand.at(when):
            yield when, False
        when += draws.gap(most)


def _pick(times: Sequence[float], draws: SeededRandom) -> float:
    return times[int(draws.uniform() * len(times))]
