"""The verdict lines of a report: what has to stay the same when the tool is rebuilt.

`python -m tests.verdict_lines parity.json` prints, sorted, a line for each verdict and
each mismatch with its place and rule, for pairs and batons too, and for what was left
out with its reason. Two runs that judge alike have the same lines.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# What is drawn anew for each run: ids, the names of cases in runs, times.
DRAWN = (
    (re.compile(r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b"), "<id>"),
    (re.compile(r"\b[0-9a-f]{8}\.[0-9a-f]{8}\.example\b"), "<domain>"),
    (re.compile(r"-[0-9a-f]{8}-[0-9a-f]{8}\b"), "-<key>"),
)


def place(where: str) -> str:
    """Return a mismatch's place without what is drawn for a run."""
    for pattern, name in DRAWN:
        where = pattern.sub(name, where)
    return where


def verdict_lines(report: dict[str, Any]) -> list[str]:
    """Return the lines of a report, sorted."""
    return sorted({*_lines(report)})


def _lines(report: dict[str, Any]) -> Iterator[str]:
    for kind, found in (
        ("results", "mismatches"),
        ("batons", "mismatches"),
        ("pairs", "differences"),
    ):
        for one in report[kind]:
            names = one.get("turns") or one.get("targets") or [one["target"]]
            head = f"{kind} {one['id']} {'+'.join(names)} {one['verdict']}"
            yield head
            for each in one[found]:
                rule = each.get("rule", "")
                yield f"{head}: {place(each['where'])} ({rule})"
    for left in report["leftOut"]:
        yield f"leftOut {left['id']} {left['target']}: {left['why']}"


def main() -> None:
    """Print the lines of the report that the command line names."""
    report = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    sys.stdout.writelines(f"{line}\n" for line in verdict_lines(report))


if __name__ == "__main__":
    main()
