"""The measurement: fresh sandboxes, lives in warm ones, lists by number of shards."""

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
# What is asked of a fresh sandbox first: one read, of a record that is not there.
FIRST = {"users": "getUser", "assets": "getAsset"}
PEAK_MEMORY = re.compile(rb"Max Memory Used: (\d+) MB")


@dataclass(frozen=True)
class MeasurementPlan:
    """Fresh sandboxes of each function, and lives before and under measurement."""

    colds: int
    warm_up: int
    rounds: int


@dataclass
class Measurements:
    """What was measured, as durations.json and calls.json have it."""

    implementations: dict[str, Any] = field(default_factory=dict)
    operations: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MeasurementStack:
    """Where sandboxes run: the stack, the recorder before it, what it is billed."""

    stack: Stack
    endpoint: str
    recorder: Recorder
    meter: Meter

    @asynccontextmanager
    async def runner(
        self, implementation: str, shards: int = DEPLOYED_SHARDS
    ) -> AsyncIterator[LifecycleRunner]:
        """Yield a runner over full tables and one sandbox of each function."""
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
    stack: Stack, plan: MeasurementPlan, say: Callable[[str], None]
) -> Measurements:
    """Measure every implementation of the stack; `say` is told how far it is."""
    counts = Measurements()
    tables = stack.tables
    meter = Meter(
        {tables[word]: key for word, key in keys().items()},
        {tables[word]: of for word, of in indexes().items()},
    )
    async with recording(stack.clients.endpoint) as (endpoint, recorder):
        place = MeasurementStack(stack, endpoint, recorder, meter)
        for name in stack.deployments:
            say(f"{name}: {plan.colds} fresh sandboxes of each function")
            functions = {
                word: await _cold(place, name, word, plan.colds) for word in FUNCTIONS
            }
            say(f"{name}: {plan.warm_up} rounds to warm up, {plan.rounds} measured")
            samples = await _lives(place, name, plan)
            say(f"{name}: lists of {', '.join(map(str, SHARDS))} shards")
            lists = {
                str(shards): await _lists(place, name, shards, plan)
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
    place: MeasurementStack, name: str, word: str, times: int
) -> dict[str, Any]:
    """Start fresh sandboxes of a function, and ask each once."""
    function = place.stack.function(name, word)
    environment = place.stack.environment(function, place.endpoint)
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


async def _lives(
    place: MeasurementStack, name: str, plan: MeasurementPlan
) -> list[Sample]:
    """Play lives in warm sandboxes; return the samples of those after the warm-up."""
    async with place.runner(name) as runner:
        for number in range(plan.warm_up + plan.rounds):
            if number == plan.warm_up:
                runner.samples.clear()
            await runner.users()
            await runner.assets()
            await runner.lists()
        return runner.samples


async def _lists(
    place: MeasurementStack, name: str, shards: int, plan: MeasurementPlan
) -> list[Sample]:
    """Ask the lists of a number of shards; samples are of those after the warm-up."""
    async with place.runner(name, shards) as runner:
        for number in range(plan.warm_up + plan.rounds):
            if number == plan.warm_up:
                runner.samples.clear()
            await runner.lists()
        return runner.samples


def _runs(samples: Sequence[Sample]) -> dict[str, Any]:
    """Return what each row took; sizes are those of its last request."""
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
    """Return what the last request of each row used."""
    return {row: of[-1].consumption.document() for row, of in _by_row(samples).items()}


def _by_row(samples: Iterable[Sample]) -> dict[str, list[Sample]]:
    rows: dict[str, list[Sample]] = {}
    for one in samples:
        if one.row != "drop":
            rows.setdefault(one.row, []).append(one)
    return dict(sorted(rows.items()))


def spread(values: list[float]) -> dict[str, float]:
    """Return what durations.json keeps of samples."""
    told = (*quartiles(values), math.fsum(values) / len(values))
    names = ("lower", "median", "upper", "mean")
    return {name: round(of, 3) for name, of in zip(names, told, strict=True)}
