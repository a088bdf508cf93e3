"""Measures all candidates of a language in one run.

It takes the CPU time of the handler's process, runtime included. The wall clock would
include other work of this machine. Each round measures every candidate once, in another
order, so that a ratio compares figures of the same moment.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field

from lab.bench.candidates import Candidate, Package
from lab.bench.measuring.handler_only import bundle_of, running_loop
from lab.bench.measuring.processes import ENVIRONMENT, Measured, StubProcess, measured
from lab.bench.records import FIVE, function_of
from lab.sandboxed import MeasureError
from local import node

# The first request of a fresh process: one for each of the two functions.
FIRST = ("get", "asset")
# Requests for which the handlers are also measured without the runtime.
HANDLER_ONLY = ("get", "create", "invalid")
# A refusal takes a thirtieth of the others' time, and V8 compiles its code until 13,000
# requests have passed (31 us between 8,000 and 11,000, 17 after).
TIMES_MORE = {"invalid": 5}
# Makes Python write a line for each module that it imports.
MODULES_ENVIRONMENT = {"PYTHONPROFILEIMPORTTIME": "1"}
# Prints how many built-in modules Node loaded; the rest of a bundle is one file.
NODE_MODULES = """
require(process.argv[1]);
process.stderr.write(`modules ${process.moduleLoadList.length}\\n`);
process.exit();
"""


@dataclass(frozen=True)
class Plan:
    """The rounds, the requests of a round, and the requests to warm up.

    `handler_only_warm_up` and `handler_only_requests` count calls of the handler
    without Lambda's runtime; refused requests are sent `TIMES_MORE` times as often.
    """

    cold_rounds: int
    warm_rounds: int
    warm_requests: int
    warm_up: int
    handler_only_requests: int
    handler_only_warm_up: int


FULL = Plan(15, 30, 60, 500, handler_only_requests=300, handler_only_warm_up=3_000)
QUICK = Plan(3, 3, 30, 30, handler_only_requests=30, handler_only_warm_up=30)


@dataclass
class Figures:
    """The figures of one candidate: a list of rounds by the name of the request.

    CPU seconds: `init` until the process asks for work, `first` until it has answered
    its first request, `warm` for one request of many, `handler_only` for one call of
    the handler without the runtime. `peak` is the memory in MiB, `calls` are the AWS
    calls of one request, `modules` is a count.
    """

    init: dict[str, list[float]] = field(default_factory=dict)
    first: dict[str, list[float]] = field(default_factory=dict)
    warm: dict[str, list[float]] = field(default_factory=dict)
    handler_only: dict[str, list[float]] = field(default_factory=dict)
    peak: dict[str, list[float]] = field(default_factory=dict)
    calls: dict[str, Counter[str]] = field(default_factory=dict)
    modules: dict[str, int] = field(default_factory=dict)


Found = dict[str, Figures]


def print_progress(text: str) -> None:
    """Write a line of progress to standard error."""
    sys.stderr.write(f"bench: {text}\n")


async def measure(
    candidates: Sequence[Candidate], aws: StubProcess, plan: Plan
) -> Found:
    """Measure the candidates of one language; return figures by candidate name."""
    found = {one.name: Figures() for one in candidates}
    for one in candidates:
        await count(one, aws, found[one.name])
    for number in range(plan.cold_rounds):
        print_progress(
            f"{candidates[0].language}: cold {number + 1} of {plan.cold_rounds}"
        )
        for request in FIRST:
            for one in shuffled(candidates, number):
                await cold(one, request, aws.endpoint, found[one.name])
    await _warm(candidates, aws, plan, found)
    for request in HANDLER_ONLY:
        handler_only(candidates, request, aws.endpoint, plan, found)
    return found


def shuffled(candidates: Sequence[Candidate], number: int) -> list[Candidate]:
    """Return the candidates in the order of a round, the same in every run.

    In a fixed cycle, each would always follow the same candidate and pay for the state
    that this one leaves, such as cold caches.
    """
    order = list(candidates)
    random.Random(number).shuffle(order)  # noqa: S311 - no secret
    return order


async def count(one: Candidate, aws: StubProcess, figures: Figures) -> None:
    """Count modules and AWS calls, which repeat exactly."""
    for request in FIRST:
        figures.modules[request] = (
            await _python_modules(one, request, aws)
            if one.language == "python"
            else _node_modules(one.package(function_of(request)))
        )
    for request in FIVE:
        async with measured(one, request, aws.endpoint) as process:
            aws.calls()
            await process.answer(request)
            figures.calls[request] = Counter(aws.calls())


async def _python_modules(one: Candidate, request: str, aws: StubProcess) -> int:
    """Return the number of imported modules, the runtime's included."""
    async with measured(one, request, aws.endpoint, MODULES_ENVIRONMENT) as process:
        await process.answer(request)
        return process.log.count(b"import time:") - 1  # a headline


def _node_modules(package: Package) -> int:
    """Return the number of Node's built-in modules that a bundle loads."""
    bundle = str(bundle_of(package))
    done = subprocess.run(
        [node.interpreter(package.runtime), "-e", NODE_MODULES, bundle],
        env={**ENVIRONMENT, "AWS_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise MeasureError(f"{bundle} cannot be loaded: {done.stderr[:400]}")
    return int(done.stderr.rpartition("modules ")[2])


async def cold(
    one: Candidate,
    request: str,
    endpoint: str,
    figures: Figures,
    environment: dict[str, str] | None = None,
) -> None:
    """Measure a fresh process until its first request is answered."""
    async with measured(one, request, endpoint, environment) as process:
        figures.init.setdefault(request, []).append(process.cpu)
        await process.answer(request)
        figures.first.setdefault(request, []).append(process.cpu)
        figures.peak.setdefault(request, []).append(process.peak_mb)


async def _warm(
    candidates: Sequence[Candidate], aws: StubProcess, plan: Plan, found: Found
) -> None:
    """Measure requests of warm processes, one process for each candidate."""
    async with AsyncExitStack() as stack:
        for request in FIVE:
            processes = []
            for one in candidates:
                entering = measured(one, request, aws.endpoint)
                processes.append((one, await stack.enter_async_context(entering)))
            for one, process in processes:
                print_progress(f"{one.language}: warming {one.label} for {request}")
                await _answers(process, request, plan.warm_up)
            warm = dict(processes)
            for number in range(plan.warm_rounds):
                for one in shuffled(candidates, number):
                    before = warm[one].cpu
                    await _answers(warm[one], request, plan.warm_requests)
                    seconds = (warm[one].cpu - before) / plan.warm_requests
                    found[one.name].warm.setdefault(request, []).append(seconds)
            for process in warm.values():
                await process.end()


def handler_only(
    candidates: Sequence[Candidate],
    request: str,
    endpoint: str,
    plan: Plan,
    found: Found,
) -> None:
    """Measure warm handlers without the runtime."""
    print_progress(f"{candidates[0].language}: handlers without runtime, {request}")
    more = TIMES_MORE.get(request, 1)
    with ExitStack() as stack:
        loops = {
            one: stack.enter_context(running_loop(one, request, endpoint))
            for one in candidates
        }
        for loop in loops.values():
            loop.run(more * plan.handler_only_warm_up)
        for number in range(plan.warm_rounds):
            for one in shuffled(candidates, number):
                seconds = loops[one].run(more * plan.handler_only_requests)
                found[one.name].handler_only.setdefault(request, []).append(seconds)


async def _answers(process: Measured, request: str, number: int) -> None:
    for _ in range(number):
        await process.answer(request)
