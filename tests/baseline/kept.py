"""What is kept of a run, and how a report differs from it."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from tests.verdict_lines import mismatch_labels, summary

KEPT = Path(__file__).parent
HTTP, LAMBDA, FUZZ = "http", "lambda", "fuzz"
SEED, SEQUENCES = 20_261_121, 300
RENEW = "if this is on purpose, keep it: make start, then make baseline SAVE=1"


def file_of(name: str) -> Path:
    """Return the file that keeps the lines of a run."""
    return KEPT / f"{name}.txt"


def differences(name: str, report: dict[str, Any]) -> list[str]:
    """Return the kept lines a report lacks, with `-`, and the new ones, with `+`."""
    kept = file_of(name).read_text("utf-8").splitlines()
    compared = difflib.unified_diff(kept, lines_of(report), n=0, lineterm="")
    return [line for line in compared if not line.startswith(("---", "+++", "@@"))]


def lines_of(report: dict[str, Any]) -> list[str]:
    """Return the lines of a report of `check` or `fuzz` that are kept."""
    return _coverage_lines(report) if "coverage" in report else summary(report)


def _coverage_lines(report: dict[str, Any]) -> list[str]:
    """Return the coverage of sequences, with only those facts that a seed decides."""
    facts = ("seed", "sequences", "steps", "medianSteps", "pastValidation", "diverged")
    return [
        *(f"{name} {report[name]}" for name in facts),
        *(
            f"{it['operation']} {it['status']} in {it['sequences']}"
            for it in report["coverage"]
        ),
        *(f"class {name} {steps}" for name, steps in report["classes"].items()),
        *divergence_lines(report),
    ]


def divergence_lines(report: dict[str, Any]) -> list[str]:
    """Return the divergences: sequences of a kind, steps and labels of the first."""
    lines = []
    for one in report["divergences"]:
        steps = ", ".join(step["operation"] for step in one["steps"])
        where = mismatch_labels((each["where"], "") for each in one["mismatches"])
        lines.append(f"diverged {one['alike']}: {steps}: {where}")
    return lines
