"""Limits of our modules and bytes, and of the AWS calls of every candidate.

`limits.json` has the greatest size of each of our functions, about 3 % above the last
measurement, and the AWS calls of each request. The peers must make the same calls: a
peer that did more or less work would not be comparable. `make bench QUICK=1` fails on
these limits only, because times vary.

Python's modules are all modules imported until the first request is answered. Node's
are its built-in modules, loaded before any request; the rest of a bundle is one file.
Modules and bytecode differ between versions of the interpreter, so the limits of ours
are given by runtime, as measured on x86_64. On another runtime, a line says that they
were not checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.bench.candidates import OURS
from lab.bench.document import Document
from lab.bench.measuring.measure import print_progress

LIMITS = Path(__file__).with_name("limits.json")


def exceeded(document: Document) -> Iterator[str]:
    """Yield a line for each exceeded limit."""
    limits = json.loads(LIMITS.read_text("utf-8"))
    for part in document["languages"].values():
        for one in part["candidates"]:
            if one["name"] == OURS:
                yield from _too_much(one, part["runtime"], limits["most"])
            for request, calls in limits["calls"].items():
                if one["calls"][request] != calls:
                    made = one["calls"][request]
                    yield f"{one['label']}: {request} calls {made}, not {calls}"


def _too_much(
    ours: dict[str, Any], runtime: str, limits: dict[str, dict[str, int]]
) -> Iterator[str]:
    """Yield a line for each size of ours that is above its limit."""
    if runtime not in limits:
        known = " and ".join(limits)
        print_progress(
            f"NOT CHECKED: modules and bytes on {runtime}; limits.json has {known}"
        )
        return
    found = _sizes(ours)
    for name, most in limits[runtime].items():
        if found[name] > most:
            yield f"{ours['label']}: {name} is {found[name]}, more than {most}"


def _sizes(ours: dict[str, Any]) -> dict[str, int]:
    """Return bytes and modules by their names in `limits.json`."""
    found = {
        f"modules for {request}": cold["modules"]
        for request, cold in ours["cold"].items()
    }
    for function, package in ours["packages"].items():
        found[f"zip of {function}"] = package["zipBytes"]
        found[f"unzipped {function}"] = package["unzippedBytes"]
    return found
