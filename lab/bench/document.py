"""The results as a document that fits `results.schema.json`."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from handlers.packaging.order import commit
from lab.bench.candidates import FLOOR, OURS, Candidate
from lab.bench.measuring.measure import Figures, Plan
from lab.bench.ratios import against, spread
from lab.documents import require_fit
from lab.machine import processor

SCHEMA = Path(__file__).with_name("results.schema.json")
RESULTS = Path(__file__).with_name("results")
KEPT = RESULTS / "latest.json"
MS, US = 1e3, 1e6

Document = dict[str, Any]  # fits the schema


def language_part(
    candidates: Sequence[Candidate],
    found: Mapping[str, Figures],
    instructions: Mapping[str, Mapping[str, float]],
) -> Document:
    """Return the results of one language."""
    floor = found[FLOOR]
    return {
        "runtime": candidates[0].users.runtime,
        "candidates": [
            _candidate(one, found[one.name], floor, found[OURS], instructions)
            for one in candidates
        ],
    }


def _candidate(
    one: Candidate,
    figures: Figures,
    floor: Figures,
    ours: Figures,
    instructions: Mapping[str, Mapping[str, float]],
) -> Document:
    return {
        "name": one.name,
        "label": one.label,
        "cold": {
            request: {
                "initMs": spread([value * MS for value in figures.init[request]], 1),
                "firstMs": spread([value * MS for value in values], 1),
                "toFloor": against(values, floor.first[request]),
                "oursToThis": against(ours.first[request], values),
                "peakMb": round(spread(figures.peak[request])["median"]),
                "modules": figures.modules[request],
            }
            for request, values in figures.first.items()
        },
        "warm": {
            request: _compared(values, floor.warm[request], ours.warm[request])
            for request, values in figures.warm.items()
        },
        "handlerOnly": {
            request: {
                **_compared(
                    values, floor.handler_only[request], ours.handler_only[request]
                ),
                **_instructions(one.name, request, instructions),
            }
            for request, values in figures.handler_only.items()
        },
        "calls": {
            request: dict(sorted(calls.items()))
            for request, calls in figures.calls.items()
        },
        "packages": {
            function: {
                "zipBytes": package.zip_bytes,
                "unzippedBytes": package.unzipped_bytes,
            }
            for function in ("users", "assets")
            for package in [one.package(function)]
        },
    }


def _compared(
    values: Sequence[float], floor: Sequence[float], ours: Sequence[float]
) -> Document:
    return {
        "us": spread([value * US for value in values], 1),
        "toFloor": against(values, floor),
        "oursToThis": against(ours, values),
    }


def _instructions(
    name: str, request: str, instructions: Mapping[str, Mapping[str, float]]
) -> Document:
    counted = instructions.get(name, {}).get(request)
    if counted is None:
        return {}
    floor = instructions[FLOOR][request]
    return {
        "instructions": round(counted),
        "instructionsToFloor": round(counted / floor, 3),
    }


def circumstances(load_before: float) -> Document:
    """Return time, commit, machine and one-minute load averages of a run."""
    return {
        "measuredAt": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": commit(),
        "machine": _machine(),
        "load": [round(value, 2) for value in (load_before, os.getloadavg()[0])],
    }


def _machine() -> str:
    """Return a description of this machine, without its host name."""
    facts = [platform.system(), platform.machine(), f"{os.cpu_count()} cores"]
    name = processor()
    return ", ".join([*facts, name] if name else facts)


def whole(
    plan: Plan, languages: Mapping[str, Document], load_before: float
) -> Document:
    """Return the document of a run; raises `InputError` if it breaks its schema.

    `load_before` is the one-minute load average before the first measurement.
    """
    document = {
        **circumstances(load_before),
        "plan": {
            "coldRounds": plan.cold_rounds,
            "warmRounds": plan.warm_rounds,
            "warmRequests": plan.warm_requests,
            "warmUp": plan.warm_up,
            "handlerOnlyRequests": plan.handler_only_requests,
            "handlerOnlyWarmUp": plan.handler_only_warm_up,
        },
        "languages": dict(languages),
    }
    require_fit(document, SCHEMA, "results")
    return document


def save(document: Document, path: Path) -> None:
    """Write the results to a file, and create its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
