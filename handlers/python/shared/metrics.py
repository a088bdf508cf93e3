"""Metrics by way of the log (CloudWatch embedded metric format, one line a request)."""

import time
from dataclasses import dataclass

from shared.log import FUNCTION_VERSION, line_of, write_line
from shared.version import IMPLEMENTATION

_DEFINITION = [
    {
        "Namespace": "ParityReferenceService",
        # No ids: each combination of values is a metric that is paid for.
        "Dimensions": [["operation", "implementation", "functionVersion"]],
        "Metrics": [
            {"Name": "Requests", "Unit": "Count"},
            {"Name": "Latency", "Unit": "Microseconds"},
            {"Name": "ClientFaults", "Unit": "Count"},
            {"Name": "ServerFaults", "Unit": "Count"},
            {"Name": "ColdStarts", "Unit": "Count"},
        ],
    }
]


@dataclass(frozen=True)
class Measured:
    """What is counted of one request; the latency is in microseconds."""

    operation: str
    status: int
    latency: int
    cold_start: bool


def write_metrics(measured: Measured) -> None:
    """Write the metric line of a request."""
    line = {
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
    write_line(line_of(line))
