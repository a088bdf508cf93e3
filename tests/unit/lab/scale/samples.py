"""Small inputs whose results can be calculated by hand."""

from __future__ import annotations

from collections.abc import Mapping

from lab.scale.inputs import ColdStart, Implementation, Inputs, Usage

# Waits of 5 ms each, and 10 ms of CPU time.
USAGE = Usage(
    function="users",
    cpu_ms=10.0,
    waits={"read": 1, "write": 1},
    read_units=1.0,
    table_writes=2.0,
    index_writes={"createdAt-index": 1.0},
    s3_reads=1,
    log_bytes=1_000,
    log_events=4,
    response_bytes=1024,
)
ASSET = Usage(
    function="assets",
    cpu_ms=10.0,
    waits={},
    read_units=0.0,
    table_writes=0.0,
    index_writes={},
    s3_reads=0,
    log_bytes=0,
    log_events=0,
    response_bytes=0,
)
ONE = Implementation(
    name="python",
    operations={"createUser": USAGE, "getAsset": ASSET},
    lists={},
    starts={"users": ColdStart(100.0, 10.0), "assets": ColdStart(200.0, 10.0)},
)
PRICES = {
    "lambdaRequest": 0.2e-6,
    "lambdaDuration": 2e-5,
    "lambdaDurationArm": 1e-5,
    "provisionedConcurrency": 4e-6,
    "provisionedDuration": 1e-5,
    "snapStartCache": 1e-6,
    "snapStartRestore": 1e-4,
    "httpApiRequest": 1e-6,
    "httpApiRequestBeyond": 0.5e-6,
    "dynamodbWrite": 0.6e-6,
    "dynamodbRead": 0.1e-6,
    "s3Write": 5e-6,
    "s3Read": 0.4e-6,
    "logIngestion": 0.5,
    "metric": 0.3,
    "alarm": 0.1,
    "trace": 5e-6,
    "scheduledEvent": 1e-6,
    "transferOut": 0.1,
}
LIMITS = {
    "lambdaVcpuMemory": 2_048.0,
    "logEventOverhead": 26.0,
    "traceReservoir": 1.0,
    "traceRate": 0.05,
}
ASSUMPTIONS = {
    "mix": {"shares": {"createUser": 0.5, "getAsset": 0.5}},
    "waitMilliseconds": {"read": 5, "write": 5, "transaction": 15, "s3": 25},
    "peak": {"value": 1.8},
    "idleSeconds": {"value": 600},
    "ageSeconds": {"value": 7200},
    "restoreMilliseconds": {"value": 500},
    "accessLogBytes": {"value": 326},
}


def inputs(mix: Mapping[str, float] | None = None) -> Inputs:
    prices: dict[str, dict[str, float]] = {
        name: {"usd": of, "per": 1} for name, of in PRICES.items()
    }
    prices["httpApiRequestBeyond"]["beyond"] = 300_000_000
    shares = {"mix": {"shares": mix}} if mix else {}
    return Inputs(
        {
            "prices": {"prices": prices},
            "limits": {name: {"value": of} for name, of in LIMITS.items()},
            "assumptions": ASSUMPTIONS | shares,
        }
    )
