"""`make scale-measure`: measure the inputs of the model on this machine.

    python -m lab.scale.measuring --cloud-port 4566

Deploys both implementations to a local cloud and runs their packages in local sandboxes
through AWS's own runtime interface client. Writes durations.json (CPU time, memory,
log) and calls.json (AWS calls and request units of each operation; of lists also by
number of shards). Exit code 0 if both were written, 2 if it could not measure.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lab.documents import InputError, require_fit
from lab.machine import processor
from lab.sandboxed import MeasureError
from lab.scale.inputs import HERE, format_of
from lab.scale.measuring.measure import MeasurementPlan, Measurements, measure
from lab.scale.measuring.stack import stack
from local.command import CLOUD_PORT, DONE, parser_of, run
from local.deploy.sam import SamError
from local.emulator.cloud import CloudError
from local.template import ConfigurationError

FORESEEN = (
    MeasureError,
    CloudError,
    SamError,
    ConfigurationError,
    InputError,
    OSError,
)


def main(arguments: list[str] | None = None) -> int:
    """Measure and write both files; return the exit code."""
    options = _parse(arguments)
    return run("scale", lambda: _measure(options), FORESEEN)


def _measure(options: Namespace) -> int:
    plan = MeasurementPlan(options.colds, options.warm_up, options.rounds)
    with stack(options.cloud_port) as deployed:
        counts = asyncio.run(measure(deployed, plan, _print_progress))
    write(
        {
            "durations": _durations(counts, plan),
            "calls": {"operations": counts.operations, "lists": counts.lists},
        },
        HERE,
    )
    return DONE


def _parse(arguments: list[str] | None) -> Namespace:
    parser = parser_of("scale", CLOUD_PORT)
    for name, default, what in (
        ("--colds", 15, "fresh sandboxes of each function"),
        ("--warm-up", 60, "rounds of requests before the measured ones"),
        ("--rounds", 60, "measured rounds of requests"),
    ):
        parser.add_argument(name, type=_positive, default=default, help=what)
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


def _durations(counts: Measurements, plan: MeasurementPlan) -> dict[str, Any]:
    return {
        "measuredOn": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": {
            "processor": processor() or platform.machine(),
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "freshSandboxes": plan.colds,
        "warmUpRounds": plan.warm_up,
        "rounds": plan.rounds,
        "implementations": counts.implementations,
    }


def write(documents: Mapping[str, Any], folder: Path) -> None:
    """Write documents by the name of their format: all, or none if one does not fit.

    Raises `InputError`, and `OSError` if a file cannot be written.
    """
    for name, document in documents.items():
        require_fit(document, format_of(name), f"{name}.json")
    for name, document in documents.items():
        text = json.dumps(document, indent=2) + "\n"
        (folder / f"{name}.json").write_text(text, "utf-8")
    _print_progress(f"written: {' and '.join(f'{name}.json' for name in documents)}")


def _print_progress(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
