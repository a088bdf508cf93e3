"""Sandboxes, and the CPU time of their processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from lab.sandboxed import Sandboxed
from lab.scale.measuring.requests import Event
from local.lambda_.invocation import Outcome, compact
from local.model import Function


@dataclass(frozen=True)
class TimedOutcome:
    """The outcome of an invocation, and its CPU time in milliseconds."""

    outcome: Outcome
    cpu_ms: float


class MeasuredSandbox(Sandboxed):
    """One sandbox; `init_ms` is its CPU time until it asked for work."""

    init_ms = 0.0

    async def start(self) -> None:
        """Start the sandbox and wait until it has initialised."""
        await super().start()
        self.init_ms = self.cpu * 1_000

    async def invoke(self, event: Event) -> TimedOutcome:
        """Run one invocation, until the runtime asks for the next."""
        before = self.cpu
        outcome = await self.run(compact(event))
        return TimedOutcome(outcome, (self.cpu - before) * 1_000)


@asynccontextmanager
async def measured_sandbox(
    function: Function, environment: dict[str, str]
) -> AsyncIterator[MeasuredSandbox]:
    """Yield a fresh sandbox after its init."""
    one = MeasuredSandbox(f"the sandbox of {function.name}", function, environment)
    try:
        await one.start()
        yield one
    finally:
        await one.end()
