"""What may not grow unseen: modules and bytes of ours, and everyone's calls of AWS.

`limits.json` has the most that each of our functions may weigh, about 3 % above what
was measured, and the calls of each request, which the peers make as well: one that did
less or more would be no measure. Only these fail `make bench QUICK=1`, for no time is
the same twice.

Python's modules are all that are imported until the first request is answered. Node's
are its own alone, loaded before any request: of a bundle the rest is one file. Both
differ from version to version of the interpreter, and so does bytecode. What ours may
weigh is thus told by the runtime, as measured on x86_64, and of another runtime nothing
is held: a line says so.
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
    """Yield a line for each limit that is not kept."""
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
    """Yield a line for each weight of ours that is above its limit."""
    if runtime not in limits:
        held = " and ".join(limits)
        print_progress(
            f"NOT HELD: modules and octets on {runtime}, for limits.json has {held}"
        )
        return
    found = _weights(ours)
    for name, most in limits[runtime].items():
        if found[name] > most:
            yield f"{ours['label']}: {name} is {found[name]}, more than {most}"


def _weights(ours: dict[str, Any]) -> dict[str, int]:
    """Return octets and modules by the names that `limits.json` gives them."""
    found = {
        f"modules for {request}": cold["modules"]
        for request, cold in ours["cold"].items()
    }
    for function, package in ours["packages"].items():
        found[f"zip of {function}"] = package["zipBytes"]
        found[f"unzipped {function}"] = package["unzippedBytes"]
    return found
