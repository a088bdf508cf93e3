"""What may not grow unseen: modules, bytes, and calls of AWS.

`limits.json` has the most that each of our functions may weigh. Only these fail
`make bench QUICK=1`: they are the same on every machine, times are not.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from bench.contestants import OURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.document import Document

LIMITS = Path(__file__).with_name("limits.json")


def exceeded(document: Document) -> Iterator[str]:
    """Yield a line for each limit that our functions do not keep."""
    limits = json.loads(LIMITS.read_text("utf-8"))
    for language, part in document["languages"].items():
        ours = next(one for one in part["contestants"] if one["name"] == OURS)
        found = {
            **{
                f"zip of {function}": package["zipOctets"]
                for function, package in ours["packages"].items()
            },
            **{
                f"unzipped {function}": package["unzippedOctets"]
                for function, package in ours["packages"].items()
            },
            **{
                f"modules for {request}": cold["modules"]
                for request, cold in ours["cold"].items()
            },
        }
        for name, most in limits["most"][language].items():
            if found[name] > most:
                yield f"{language}: {name} is {found[name]}, more than {most}"
        for request, calls in limits["calls"].items():
            if ours["calls"][request] != calls:
                made = ours["calls"][request]
                yield f"{language}: {request} calls {made}, not {calls}"
