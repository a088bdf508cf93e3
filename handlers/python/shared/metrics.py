"""Metrics in the log (CloudWatch embedded metric format, one line per request).

See contract/aws.yaml#emf-on-standard-output.
"""

import os
import time
from typing import NamedTuple

from shared.log import FUNCTION_VERSION
from shared.version import IMPLEMENTATION

_DEFINITION = [
    {
        # Each stack has its own; otherwise the stacks of an account would share
        # metrics.
        "Namespace": os.environ.get("METRICS_NAMESPACE") or "ParityReferenceService",
        # Neither ids nor the version are dimensions: each combination of values is a
        # metric that costs money. The empty set is the sum over all operations, for use
        # in an alarm.
        "Dimensions": [["operation", "implementation"], []],
        "Metrics": [
            {"Name": "Requests", "Unit": "Count"},
            {"Name": "Latency", "Unit": "Microseconds"},
            {"Name": "ClientFaults", "Unit": "Count"},
            {"Name": "ServerFaults", "Unit": "Count"},
            {"Name": "ColdStarts", "Unit": "Count"},
        ],
    }
]


class Measured(NamedTuple):
    """The measurements of one request; the latency is in microseconds."""

    operation: str
    status: int
    latency: int
    cold_start: bool


def metric_line(measured: Measured) -> dict[str, object]:
    """Return the metric line of a request."""
    return {
        "_aws": {
            "Timestamp": time.time_ns() // 1_000_000,
            "CloudWatchMetrics": _DEFINITION,
        },
        "operation": measured.operation,
        "implementation": IMPLEMENTATION,
        "functionVersion": FUNCTION_VERSION,
        "Requests": 1,
        "Latency": measured.latency,
        "ClientFaults": int(400 <= measured.status < 500),
        "ServerFaults": int(measured.status >= 500),
        "ColdStarts": int(measured.cold_start),
    }
