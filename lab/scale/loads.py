"""The service at a number of requests a day: its fleets, its peaks, its bill."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from lab.scale import fleet
from lab.scale.costs import (
    DAYS_PER_MONTH,
    MILLION,
    PING_SECONDS,
    SECONDS_PER_DAY,
    Costs,
    total,
)
from lab.scale.inputs import MIX_PARTS, Implementation
from lab.scale.seeded_random import SeededRandom

SEED = 1
BASE = 1_000
SCALES = (1, 10, 1_000, 100_000)
FUNCTIONS = ("users", "assets")
# The simulated part of the days: enough requests for the counts, in little time.
MOST_REQUESTS = 25_000
MOST_DAYS = 30
SETTLING_SECONDS = 20
NOTHING, RULE, PROVISIONED = "nothing", "the warming rule", "provisioned concurrency"


@dataclass(frozen=True)
class Load:
    """An implementation at `a_day` requests a day of the assumed mix.

    `idle` replaces the assumed seconds for which Lambda keeps an idle sandbox.
    """

    costs: Costs
    one: Implementation
    a_day: float
    idle: float = 0.0

    @property
    def rate(self) -> float:
        """Return the mean rate in requests a second."""
        return self.a_day / SECONDS_PER_DAY

    @property
    def peak(self) -> float:
        """Return the greatest rate of the day, in requests a second."""
        return self.rate * float(self.costs.inputs.assumed["peak"]["value"])

    @property
    def a_month(self) -> float:
        """Return the requests of a month."""
        return self.a_day * DAYS_PER_MONTH

    def share(self, function: str) -> float:
        """Return a function's share of the traffic."""
        mix = self.costs.inputs.mix
        usages = self.one.operations
        return sum(mix[row] for row in mix if usages[row].function == function)

    def function(self, word: str) -> fleet.Function:
        """Return the durations of a function's requests."""
        warm: list[float] = []
        for row, share in self.costs.inputs.mix.items():
            usage = self.one.operations[row]
            if usage.function == word:
                seconds = self.costs.duration_ms(usage) / 1_000
                warm += [seconds] * round(share * MIX_PARTS)
        return fleet.Function(warm, self.costs.cold_ms(self.one, word) / 1_000)

    def busy_at_peak(self, word: str) -> float:
        """Return a function's mean concurrency at the peak (Little's law)."""
        warm = self.function(word).warm
        return self.peak * self.share(word) * math.fsum(warm) / len(warm)

    # ---- sandboxes --------------------------------------------------------------

    def retention(
        self, ping: float | None = None, provisioned: int = 0
    ) -> fleet.SandboxRetention:
        """Return how long Lambda keeps sandboxes, as assumed."""
        assumed = self.costs.inputs.assumed
        idle, age = assumed["idleSeconds"]["value"], assumed["ageSeconds"]["value"]
        return fleet.SandboxRetention(self.idle or idle, age, ping, provisioned)

    def sandboxes(self, word: str, retention: fleet.SandboxRetention) -> fleet.Fleet:
        """Simulate a function's sandboxes."""
        return fleet.simulate(
            self.function(word), self._demand(word), retention, SeededRandom(SEED)
        )

    def _demand(self, word: str) -> fleet.Demand:
        """Return the demand of whole days, or of a time around the peak."""
        rate = self.rate * self.share(word)
        assumed = float(self.costs.inputs.assumed["peak"]["value"])
        days = min(MOST_DAYS, MOST_REQUESTS / (rate * SECONDS_PER_DAY))
        if days >= 1:
            return fleet.Demand(rate, assumed, int(days) * SECONDS_PER_DAY)
        seconds = days * SECONDS_PER_DAY
        begin = SECONDS_PER_DAY / 4 - seconds / 2
        return fleet.Demand(rate, assumed, seconds, begin, SETTLING_SECONDS)

    def cold_share(
        self, ping: float | None = None, *, provisioned: bool = False
    ) -> float:
        """Return the share of all requests with a cold start.

        If the simulated time is shorter than twice a sandbox's life, it counts one
        renewal of each sandbox that was busy at once instead.
        """
        cold = 0.0
        for word in FUNCTIONS:
            kept = self.provisioned_count(word) if provisioned else 0
            retention = self.retention(ping, kept)
            result = self.sandboxes(word, retention)
            if self._demand(word).seconds >= 2 * retention.age:
                cold += self.share(word) * result.cold_share
            else:
                mortal = max(0, result.most_busy - kept)
                cold += mortal * SECONDS_PER_DAY / retention.age / self.a_day
        return cold

    @cached_property
    def cold_shares(self) -> dict[str, float]:
        """Return the share of cold requests by the means that keeps sandboxes warm."""
        return {
            NOTHING: self.cold_share(),
            RULE: self.cold_share(PING_SECONDS),
            PROVISIONED: self.cold_share(provisioned=True),
        }

    def provisioned_count(self, word: str) -> int:
        """Return the mean busy sandboxes at the peak plus three deviations."""
        busy = self.busy_at_peak(word)
        return math.ceil(busy + 3 * math.sqrt(busy))

    # ---- dollars a month --------------------------------------------------------

    def bill(self) -> dict[str, float]:
        """Return dollars of a month with the warming rule, by component."""
        warm = self.costs.mixed(self.one)
        bill = {name: each / MILLION * self.a_month for name, each in warm.items()}
        bill["API Gateway"] = self.costs.api_requests(self.a_month)
        bill["Lambda"] += self.cold_dollars(self.cold_shares[RULE])
        bill["traces"] = self.costs.traces(self.a_day)
        return bill | self.costs.fixed_costs(self.one)

    def cold_dollars(self, share: float) -> float:
        """Return dollars of a month's cold starts, each billed with its init."""
        starts = share * self.a_month
        each = [self.share(w) * self.costs.cold_ms(self.one, w) for w in FUNCTIONS]
        return starts * self.costs.run(math.fsum(each))

    def restored_dollars(self, share: float) -> float:
        """Return dollars of a month's cold starts from snapshots."""
        starts = share * self.a_month
        each = [self.share(w) * self.costs.restore(self.one, w) for w in FUNCTIONS]
        return starts * math.fsum(each)

    def running(self, price: str = "") -> float:
        """Return dollars of a month's warm durations at a price."""
        mix = self.costs.inputs.mix
        milliseconds = math.fsum(
            share * math.ceil(self.costs.duration_ms(self.one.operations[row]))
            for row, share in mix.items()
        )
        return self.a_month * self.costs.run(milliseconds, price)

    def total(self) -> float:
        """Return dollars of a month."""
        return total(self.bill())

    # ---- use of AWS's limits ----------------------------------------------------

    def refused_by_api(self, admitted: float) -> float:
        """Return the share of a day's requests above the rate that the API admits."""
        minutes: Sequence[int] = range(0, SECONDS_PER_DAY, 60)
        demand = fleet.Demand(self.rate, self.peak / self.rate, SECONDS_PER_DAY)
        rates = [demand.at(second) for second in minutes]
        over = math.fsum(max(0.0, rate - admitted) for rate in rates)
        return over / math.fsum(rates)

    def list_writes(self) -> dict[str, float]:
        """Return write units a second at the peak into each list's index."""
        return {
            word: self.peak * self._mixed_index(word, "createdAt-index")
            for word in FUNCTIONS
        }

    def list_reads(self) -> dict[str, float]:
        """Return read units a second at the peak from each list's index."""
        rows = {"users": "listUsers", "assets": "listAssets"}
        mix, usages = self.costs.inputs.mix, self.one.operations
        return {
            word: self.peak * mix[row] * usages[row].read_units
            for word, row in rows.items()
        }

    def table_writes(self) -> dict[str, float]:
        """Return write units a second at the peak into each table."""
        mix, usages = self.costs.inputs.mix, self.one.operations
        return {
            word: self.peak
            * sum(
                mix[row] * usages[row].table_writes
                for row in mix
                if usages[row].function == word
            )
            for word in FUNCTIONS
        }

    def _mixed_index(self, word: str, index: str) -> float:
        mix, usages = self.costs.inputs.mix, self.one.operations
        return sum(
            mix[row] * usages[row].index_writes.get(index, 0)
            for row in mix
            if usages[row].function == word
        )
