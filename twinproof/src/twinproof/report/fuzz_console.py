"""What `twinproof fuzz` prints, and its JSON report."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from twinproof.cases.matching import MISSING
from twinproof.contract.openapi import Contract
from twinproof.exchange.model import Exchange, text_of
from twinproof.fuzz.coverage import documented, unreachable
from twinproof.fuzz.fuzzer import Finding, FuzzRun
from twinproof.fuzz.playing import Divergence
from twinproof.output import print_line
from twinproof.report.console import shown
from twinproof.report.files import messages, plain

JSON_FILE = "fuzz.json"
SCHEMA_VERSION = 2
"""Of the JSON report. Version 1 called `coverage` by another name."""
REFRESH_SECONDS = 0.2
MAX_BODY = 2_000
"""Characters of a body that are printed; the report has all of it."""


class FuzzProgress:
    """One line on a terminal: how many are done, how many diverged, how fast."""

    def __init__(self, total: int, out: TextIO) -> None:
        self._total = total
        self._out = out
        self._live = out.isatty()
        self._next = 0.0

    def __call__(self, fuzzed: FuzzRun) -> None:
        """Show how far the run is."""
        if not self._live or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + REFRESH_SECONDS
        line = (
            f"{fuzzed.coverage.sequences} of {self._total} sequences, "
            f"{fuzzed.diverged} diverged, {fuzzed.rate:.1f} per second"
        )
        print(f"\r\x1b[K{line}", end="", file=self._out, flush=True)

    def clear(self) -> None:
        """Remove the line."""
        if self._live:
            print("\r\x1b[K", end="", file=self._out, flush=True)


def print_fuzzed(fuzzed: FuzzRun, contract: Contract, rerun: str, out: TextIO) -> None:
    """Print each kind of divergence, the coverage, and the closing line."""
    for found in fuzzed.found:
        for line in found_lines(fuzzed, found, rerun):
            print_line(line, out)
    for line in fuzzed.errors:
        print_line(f"not run: {line}", out)
    for name in fuzzed.left:
        print_line(f"left behind: {name}", out)
    if fuzzed.disturbed:
        print_line(
            f"{fuzzed.disturbed} sequences saw records of others in their lists, "
            "and did not diverge when they were run again",
            out,
        )
    for line in coverage_lines(fuzzed, contract):
        print_line(line, out)
    print_line(closing_line(fuzzed), out)


def found_lines(fuzzed: FuzzRun, found: Finding, rerun: str) -> Iterator[str]:
    """Yield all lines about a divergence."""
    divergence, targets = found.divergence, fuzzed.targets
    step = divergence.plan.steps[divergence.step]
    yield (
        f"DIVERGED {step.operation}   [{targets[0]} | {targets[1]}]   "
        f"sequence {found.index}, {len(divergence.plan.steps)} steps"
        f"{'' if found.steady else ', did not occur again when it was run again'}"
    )
    for mismatch in divergence.mismatches:
        yield f"  {mismatch.where}"
        for name, value in zip(targets, (mismatch.expected, mismatch.got), strict=True):
            yield f"    {name:<12} {shown(value)}"
    yield from _plan_lines(divergence)
    for name, exchange in zip(targets, divergence.exchanges, strict=True):
        yield from _exchange_lines(name, exchange)
    others = [
        index
        for indexes in fuzzed.alike.values()
        if found.index in indexes
        for index in indexes
        if index != found.index
    ]
    if others:
        numbers = ", ".join(map(str, sorted(others)[:10]))
        more = ", …" if len(others) > 10 else ""
        yield f"  alike: {len(others)} more ({numbers}{more})"
    yield (
        f"  rerun: twinproof fuzz {rerun} --seed {fuzzed.seed} --sequence {found.index}"
    )


def _plan_lines(divergence: Divergence) -> Iterator[str]:
    if divergence.plan.given:
        yield f"  given        {shown(divergence.plan.given, MAX_BODY)}"
    for number, step in enumerate(divergence.plan.steps, start=1):
        bound = f" → {step.bind}" if step.bind else ""
        yield f"  step {number:<7} {step.operation} {shown(dict(step.when))}{bound}"


def _exchange_lines(name: str, exchange: Exchange | None) -> Iterator[str]:
    yield f"  {name}"
    if exchange is None:
        yield "    no response"
        return
    request, response = exchange.request, exchange.response
    query = f"?{request.query}" if request.query else ""
    yield f"    sent       {shown(f'{request.method} {request.path}{query}')[1:-1]}"
    for header in request.headers:
        yield f"               {shown(': '.join(header))[1:-1]}"
    if request.body is not None:
        yield f"               {text_of(request.body)[:MAX_BODY]}"
    yield f"    answered   {response.status}"
    for header in response.headers:
        yield f"               {shown(': '.join(header))[1:-1]}"
    if response.body:
        yield f"               {text_of(response.body)[:MAX_BODY]}"


def coverage_lines(fuzzed: FuzzRun, contract: Contract) -> Iterator[str]:
    """Yield, by operation, in how many sequences each documented status occurred."""
    coverage, causes = fuzzed.coverage, unreachable(contract)
    statuses: dict[str, list[int]] = {}
    for name, status in documented(contract):
        statuses.setdefault(name, []).append(status)
    yield f"statuses, and in how many of {coverage.sequences} sequences they occurred:"
    for name, known in statuses.items():
        counts = [
            f"{status} in {coverage.statuses[name, status]}"
            for status in known
            if (name, status) not in causes
        ]
        yield f"  {name:<14} {'  '.join(counts)}"
    for why in dict.fromkeys(causes.values()):
        which = [f"{n} {s}" for (n, s), each in causes.items() if each == why]
        every = f"every {_shared_status(which)}" if len(which) > 6 else ", ".join(which)
        yield f"  not reachable here: {every}: {why}"
    for name, status in coverage.short(contract):
        number = coverage.statuses[name, status]
        yield f"  too rare: {name} {status} in {number}, the goal is {coverage.floor}"


def _shared_status(which: list[str]) -> str:
    """Return the status that these operations share."""
    return which[0].split(" ")[1]


def closing_line(fuzzed: FuzzRun) -> str:
    """Return the summary of a run in one line."""
    coverage = fuzzed.coverage
    plural = "" if coverage.sequences == 1 else "s"
    return (
        f"{coverage.sequences} sequence{plural} of seed {fuzzed.seed}, "
        f"{coverage.steps} steps (median {coverage.median_steps:g}, "
        f"{coverage.past_validation:.0%} past validation): {fuzzed.diverged} diverged "
        f"({fuzzed.seconds:.1f} s, {fuzzed.rate:.1f} per second)"
    )


def write_report(fuzzed: FuzzRun, contract: Contract, folder: Path) -> None:
    """Write the run as JSON in the format of formats/fuzz.json."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(json_fuzzed(fuzzed, contract), indent=1)
    (folder / JSON_FILE).write_text(f"{text}\n", encoding="utf-8")


def json_fuzzed(fuzzed: FuzzRun, contract: Contract) -> dict[str, Any]:
    """Return a run as data."""
    coverage, causes = fuzzed.coverage, unreachable(contract)
    return {
        "schemaVersion": SCHEMA_VERSION,
        "version": contract.version,
        "run": fuzzed.run_id,
        "seed": fuzzed.seed,
        "targets": list(fuzzed.targets),
        "sequences": coverage.sequences,
        "steps": coverage.steps,
        "medianSteps": coverage.median_steps,
        "pastValidation": round(coverage.past_validation, 4),
        "durationMs": round(fuzzed.seconds * 1000),
        "diverged": fuzzed.diverged,
        "disturbed": fuzzed.disturbed,
        "floor": coverage.floor,
        "coverage": [
            {
                "operation": name,
                "status": status,
                "sequences": coverage.statuses[name, status],
                **({"cause": causes[name, status]} if (name, status) in causes else {}),
            }
            for name, status in documented(contract)
        ],
        "classes": dict(sorted(coverage.tags.items())),
        "divergences": [_found(fuzzed, found) for found in fuzzed.found],
        "errors": fuzzed.errors,
        "leftBehind": fuzzed.left,
    }


def _found(fuzzed: FuzzRun, found: Finding) -> dict[str, Any]:
    divergence = found.divergence
    alike = [i for i in fuzzed.alike.values() if found.index in i]
    return {
        "sequence": found.index,
        "alike": sorted(alike[0]) if alike else [found.index],
        "steady": found.steady,
        "given": plain(divergence.plan.given),
        "steps": [
            {"operation": step.operation, "when": plain(step.when)}
            for step in divergence.plan.steps
        ],
        "mismatches": [
            {
                "where": mismatch.where,
                **({} if m_left is MISSING else {"left": plain(m_left)}),
                **({} if m_right is MISSING else {"right": plain(m_right)}),
            }
            for mismatch in divergence.mismatches
            for m_left, m_right in ((mismatch.expected, mismatch.got),)
        ],
        "exchanges": [each and messages(each) for each in divergence.exchanges],
    }
