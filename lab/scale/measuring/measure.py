"""Measures fresh sandboxes, lifecycles in warm ones, and lists by number of shards."""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from lab.scale.measuring.lifecycle import (
    Dependencies,
    LifecycleRunner,
    Sample,
    quartiles,
)
from lab.scale.measuring.metering import Consumption, Meter
from lab.scale.measuring.recording import Recorder, recording
from lab.scale.measuring.requests import event
from lab.scale.measuring.sandboxes import measured_sandbox
from lab.scale.measuring.seeds import multiply
from lab.scale.measuring.stack import FUNCTIONS, Stack, indexes, keys

DEPLOYED_SHARDS = 4
SHARDS = (1, DEPLOYED_SHARDS, 16, 32)
# The first request to a fresh sandbox: one read of a missing record.
FIRST = {"users": "getUser", "assets": "getAsset"}
PEAK_MEMORY = re.compile(rb"Max Memory Used: (\d+) MB")


@dataclass(frozen=True)
class MeasurementPlan:
    """Fresh sandboxes of each function, rounds to warm up and measured rounds."""

    colds: int
    warm_up: int
    rounds: int


@dataclass
class Measurements:
    """The measurements, in the formats of durations.json and calls.json."""

    implementations: dict[str, Any] = field(default_factory=dict)
    operations: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MeasurementStack:
    """The stack, and the recorder and the meter of its AWS calls."""

    stack: Stack
    endpoint: str
    recorder: Recorder
    meter: Meter

    @asynccontextmanager
    async def runner(
        self, implementation: str, shards: int = DEPLOYED_SHARDS
    ) -> AsyncIterator[LifecycleRunner]:
        """Yield a runner with full tables and one sandbox of each function."""
        self.stack.empty()
        self.meter.forget()
        s3 = self.stack.clients.of("s3")

        def put_object(key: str, content: bytes) -> None:
            s3.put_object(Bucket=self.stack.bucket, Key=key, Body=content)

        users, assets = (
            (one, self.stack.environment(one, self.endpoint, shards))
            for one in (self.stack.function(implementation, name) for name in FUNCTIONS)
        )
        async with (
            measured_sandbox(*users) as first,
            measured_sandbox(*assets) as second,
        ):
            self.recorder.take()
            sandboxes = {"users": first, "assets": second}
            runner = LifecycleRunner(
                Dependencies(sandboxes, self._consumption, put_object)
            )
            await runner.begin()
            for word, key in keys().items():
                multiply(self.stack, word, key, shards)
            yield runner

    def _consumption(self) -> Consumption:
        return self.meter.consumption(self.recorder.take())


async def measure(
    stack: Stack, plan: MeasurementPlan, print_progress: Callable[[str], None]
) -> Measurements:
    """Measure every implementation of the stack."""
    counts = Measurements()
    tables = stack.tables
    meter = Meter(
        {tables[word]: key for word, key in keys().items()},
        {tables[word]: of for word, of in indexes().items()},
    )
    async with recording(stack.clients.endpoint) as (endpoint, recorder):
        measurement = MeasurementStack(stack, endpoint, recorder, meter)
        for name in stack.deployments:
            print_progress(f"{name}: {plan.colds} fresh sandboxes of each function")
            functions = {
                word: await _cold(measurement, name, word, plan.colds)
                for word in FUNCTIONS
            }
            print_progress(f"{name}: {plan.warm_up} rounds to warm up")
            print_progress(f"{name}: {plan.rounds} measured rounds")
            samples = await _lifecycles(measurement, name, plan)
            print_progress(f"{name}: lists of {', '.join(map(str, SHARDS))} shards")
            lists = {
                str(shards): await _lists(measurement, name, shards, plan)
                for shards in SHARDS
            }
            counts.implementations[name] = {
                "runtime": stack.function(name, "users").runtime,
                "functions": functions,
                "operations": _runs(samples),
                "lists": {shards: _runs(of) for shards, of in lists.items()},
            }
            counts.operations[name] = _consumptions(samples)
            counts.lists[name] = {
                shards: _consumptions(of) for shards, of in lists.items()
            }
    return counts


async def _cold(
    measurement: MeasurementStack, name: str, word: str, times: int
) -> dict[str, Any]:
    """Start fresh sandboxes of a function, and send one request to each."""
    function = measurement.stack.function(name, word)
    environment = measurement.stack.environment(function, measurement.endpoint)
    inits, firsts, peaks = [], [], []
    for _ in range(times):
        async with measured_sandbox(function, environment) as one:
            answered = await one.invoke(event(FIRST[word]))
        inits.append(one.init_ms)
        firsts.append(answered.cpu_ms)
        peak = PEAK_MEMORY.search(answered.outcome.log)
        peaks.append(float(peak[1]) if peak else 0.0)
    return {
        "initCpuMs": spread(inits),
        "firstRequestCpuMs": spread(firsts),
        "peakMemoryMb": max(peaks),
    }


async def _lifecycles(
    measurement: MeasurementStack, name: str, plan: MeasurementPlan
) -> list[Sample]:
    """Run lifecycles in warm sandboxes; return the samples after the warm-up."""
    async with measurement.runner(name) as runner:
        for number in range(plan.warm_up + plan.rounds):
            if number == plan.warm_up:
                runner.samples.clear()
            await runner.users()
            await runner.assets()
            await runner.lists()
        return runner.samples


async def _lists(
    measurement: MeasurementStack, name: str, shards: int, plan: MeasurementPlan
) -> list[Sample]:
    """Request lists of a number of shards; return the samples after the warm-up."""
    async with measurement.runner(name, shards) as runner:
        for number in range(plan.warm_up + plan.rounds):
            if number == plan.warm_up:
                runner.samples.clear()
            await runner.lists()
        return runner.samples


def _runs(samples: Sequence[Sample]) -> dict[str, Any]:
    """Return the CPU time and sizes of each row; sizes are of its last request."""
    return {
        row: {
            "cpuMs": spread([one.cpu_ms for one in of]),
            "logEvents": of[-1].log.count(b"\n"),
            "logBytes": len(of[-1].log.replace(b"\n", b"")),
            "responseBytes": of[-1].response_bytes,
        }
        for row, of in _by_row(samples).items()
    }


def _consumptions(samples: Sequence[Sample]) -> dict[str, Any]:
    """Return the consumption of the last request of each row."""
    return {row: of[-1].consumption.document() for row, of in _by_row(samples).items()}


def _by_row(samples: Iterable[Sample]) -> dict[str, list[Sample]]:
    rows: dict[str, list[Sample]] = {}
    for one in samples:
        if one.row != "drop":
            rows.setdefault(one.row, []).append(one)
    return dict(sorted(rows.items()))


def spread(values: list[float]) -> dict[str, float]:
    """Return quartiles, median and mean, in the format of durations.json."""
    figures = (*quartiles(values), math.fsum(values) / len(values))
    names = ("lower", "median", "upper", "mean")
    return {name: round(of, 3) for name, of in zip(names, figures, strict=True)}
