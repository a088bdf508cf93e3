"""Dollars of a request, of a cold start and of a month.

A handler's duration is its CPU time, divided by the memory setting's share of a vCPU,
plus the time that it waits for AWS, which does not depend on the memory setting.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lab.scale.inputs import Implementation, Inputs, Usage

MILLION = 1_000_000
BYTES_PER_GB = 1_024**3
MB_PER_GB = 1_024
DAYS_PER_MONTH = 30
SECONDS_PER_DAY = 86_400
SECONDS_PER_MONTH = DAYS_PER_MONTH * SECONDS_PER_DAY
# Requests, latency, client and server faults, cold starts: one metric of each for every
# operation and, for alarms, one for all operations. A deploy changes no dimension.
METRICS = 5
OVER_ALL_OPERATIONS = 1
# In the template: server faults, 5xx, throttles of each function.
ALARMS = 4
COMPONENTS = ("API Gateway", "Lambda", "DynamoDB", "S3", "logs", "transfer")


@dataclass(frozen=True)
class Costs:
    """The model at one memory setting, with the assumed waits times `waits`.

    It is not documented whether init has the memory setting's share of a vCPU or a full
    one; reports differ. It has the share here, unless `boosted`. `duration` names the
    price of durations.
    """

    inputs: Inputs
    memory_mb: int
    waits: float = 1.0
    boosted: bool = False
    duration: str = "lambdaDuration"

    # ---- durations --------------------------------------------------------------

    def slowed(self, cpu_ms: float) -> float:
        """Return the milliseconds of CPU work with the memory's share of a vCPU."""
        return cpu_ms * max(
            1.0, self.inputs.limits["lambdaVcpuMemory"] / self.memory_mb
        )

    def duration_ms(self, usage: Usage) -> float:
        """Return the milliseconds of a warm request."""
        times = self.inputs.assumed["waitMilliseconds"]
        waited = sum(float(times[kind]) * count for kind, count in usage.waits.items())
        return self.slowed(usage.cpu_ms) + waited * self.waits

    def cold_ms(self, one: Implementation, function: str) -> float:
        """Return the milliseconds that a cold start adds to a request."""
        start = one.starts[function]
        init = start.init_ms if self.boosted else self.slowed(start.init_ms)
        return init + self.slowed(start.first_ms)

    def restored_ms(self, one: Implementation, function: str) -> float:
        """Return the milliseconds that restoring a snapshot adds to a request."""
        restoring = float(self.inputs.assumed["restoreMilliseconds"]["value"])
        return restoring + self.slowed(one.starts[function].first_ms)

    # ---- dollars ----------------------------------------------------------------

    def request(self, usage: Usage) -> dict[str, float]:
        """Return dollars of a million warm requests, by component.

        API Gateway bills each 512 KB begun; every response here is smaller.
        """
        price = self.inputs.prices
        each = {
            "API Gateway": price["httpApiRequest"],
            "Lambda": price["lambdaRequest"]
            + self.run(math.ceil(self.duration_ms(usage))),
            "DynamoDB": usage.write_units * price["dynamodbWrite"]
            + usage.read_units * price["dynamodbRead"],
            "S3": usage.s3_reads * price["s3Read"],
            "logs": self._log_bytes(usage) / BYTES_PER_GB * price["logIngestion"],
            "transfer": usage.response_bytes / BYTES_PER_GB * price["transferOut"],
        }
        return {name: dollars * MILLION for name, dollars in each.items()}

    def run(self, milliseconds: float, price: str = "") -> float:
        """Return dollars of one invocation's duration, by default at `duration`."""
        gb_seconds = milliseconds / 1_000 * self.memory_mb / MB_PER_GB
        return gb_seconds * self.inputs.prices[price or self.duration]

    def mixed(self, one: Implementation) -> dict[str, float]:
        """Return dollars of a million requests of the assumed mix, by component."""
        totals = dict.fromkeys(COMPONENTS, 0.0)
        for row, share in self.inputs.mix.items():
            for name, dollars in self.request(one.operations[row]).items():
                totals[name] += share * dollars
        return totals

    def direct(self) -> dict[str, float]:
        """Return dollars of a million requests of clients to S3, without transfer."""
        price = self.inputs.prices
        each = {"upload": price["s3Write"], "download": price["s3Read"]}
        return {f"{name}, client to S3": of * MILLION for name, of in each.items()}

    def api_requests(self, a_month: float) -> float:
        """Return dollars of a month's requests to API Gateway, by price tier."""
        price = self.inputs.prices
        first = min(a_month, self.inputs.api_tier)
        return (
            first * price["httpApiRequest"]
            + (a_month - first) * price["httpApiRequestBeyond"]
        )

    def traces(self, a_day: float) -> float:
        """Return dollars of a month's traces, for evenly spread requests."""
        limits = self.inputs.limits
        rate = a_day / SECONDS_PER_DAY
        first = min(rate, limits["traceReservoir"])
        sampled = first + (rate - first) * limits["traceRate"]
        return sampled * SECONDS_PER_MONTH * self.inputs.prices["trace"]

    def fixed_costs(self, one: Implementation) -> dict[str, float]:
        """Return dollars of a month that do not depend on traffic, by item."""
        price = self.inputs.prices
        pings = 2 * SECONDS_PER_MONTH / PING_SECONDS
        ping = price["scheduledEvent"] + price["lambdaRequest"] + self.run(PING_MS)
        return {
            "custom metrics": METRICS
            * (len(one.operation_ids) + OVER_ALL_OPERATIONS)
            * price["metric"],
            "alarms": ALARMS * price["alarm"],
            "warming rule": pings * ping,
        }

    def provisioned(self, sandboxes: int) -> float:
        """Return dollars of a month of provisioned sandboxes, without invocations."""
        kept = sandboxes * self.memory_mb / MB_PER_GB * SECONDS_PER_MONTH
        return kept * self.inputs.prices["provisionedConcurrency"]

    def snapshots(self, functions: int) -> float:
        """Return dollars of a month of one cached snapshot of each function."""
        kept = functions * self.memory_mb / MB_PER_GB * SECONDS_PER_MONTH
        return kept * self.inputs.prices["snapStartCache"]

    def restore(self, one: Implementation, function: str) -> float:
        """Return dollars of restoring one snapshot, its duration included."""
        restored = self.memory_mb / MB_PER_GB * self.inputs.prices["snapStartRestore"]
        return restored + self.run(self.restored_ms(one, function))

    def _log_bytes(self, usage: Usage) -> float:
        """Return the bytes that a request logs, access log and overhead included."""
        events = usage.log_events + 1
        access = self.inputs.assumed["accessLogBytes"]["value"]
        overhead = self.inputs.limits["logEventOverhead"]
        return usage.log_bytes + float(access) + events * overhead


# The interval of the template's warming rule, and the billed duration of a ping, a
# little above Lambda's least of 1 ms.
PING_SECONDS = 300
PING_MS = 2


def total(components: Mapping[str, float]) -> float:
    """Return the sum of a cost by component."""
    return math.fsum(components.values())
