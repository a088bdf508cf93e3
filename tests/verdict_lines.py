"""The verdict lines of a report: what has to stay the same when the tool is rebuilt.

`python -m tests.verdict_lines report.json` prints, sorted, a line for each verdict and
each mismatch with its label and check, for pairs and relays too, and for what was left
out with its reason. Two runs that judge alike have the same lines. The line of a case
also has its calls and their statuses: a case that passes because it plays less than
before has another line.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

# What is drawn anew for each run: ids, the names of cases in runs, times.
DRAWN = (
    (re.compile(r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b"), "<id>"),
    (re.compile(r"\b[0-9a-f]{8}\.[0-9a-f]{8}\.example\b"), "<domain>"),
    (re.compile(r"-[0-9a-f]{8}-[0-9a-f]{8}\b"), "-<key>"),
)
PASSED = "passed"
LONGEST = 200
"""Characters of the labels of a case that are shown."""


def without_drawn(text: str) -> str:
    """Return a text without what is drawn for a run."""
    for pattern, name in DRAWN:
        text = pattern.sub(name, text)
    return text


def mismatch_label(where: str, check: str) -> str:
    """Return the label of a mismatch and, if a check found it, its name."""
    return without_drawn(where) + (f" ({check})" if check else "")


def mismatch_labels(mismatches: Iterable[tuple[str, str]]) -> str:
    """Return the labels and checks with which a case fails, in one line.

    Sorted, for the order of records in a table is drawn too. What is too long to be
    read ends in a digest of it all.
    """
    counts = Counter(mismatch_label(where, check) for where, check in mismatches)
    names = [name if many == 1 else f"{many} x {name}" for name, many in counts.items()]
    line = "; ".join(sorted(names))
    if len(line) <= LONGEST:
        return line
    return f"{line[:LONGEST]}... {len(names)} places, {digest([line])[:12]}"


def verdict_lines(report: dict[str, Any]) -> list[str]:
    """Return the lines of a report, sorted."""
    lines = {line for group in _groups(report).values() for _, line in group}
    return sorted(lines)


def summary(report: dict[str, Any]) -> list[str]:
    """Return the lines of a report in short.

    For each group (kind, operation, targets) its counts of verdicts and a digest of its
    lines; then in full each line that is no plain pass.
    """
    short, full = [], []
    for name, group in sorted(_groups(report).items()):
        counts = Counter(verdict for verdict, _ in group if verdict)
        verdicts = ", ".join(
            f"{many} {verdict}" for verdict, many in sorted(counts.items())
        )
        lines = sorted({line for _, line in group})
        short.append(f"{name}: {verdicts} ({digest(lines)[:12]})")
        full += [line for verdict, line in group if verdict != PASSED]
    return [*short, *sorted(full)]


def digest(lines: Iterable[str]) -> str:
    """Return the SHA-256 of lines, in hexadecimal."""
    return hashlib.sha256(text_of(lines).encode()).hexdigest()


def text_of(lines: Iterable[str]) -> str:
    """Return lines as the text of a file."""
    return "".join(f"{line}\n" for line in lines)


def _groups(report: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Return verdict and line by group; the line of a mismatch has no verdict."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for kind, found in (
        ("results", "mismatches"),
        ("relays", "mismatches"),
        ("pairs", "differences"),
    ):
        for one in report[kind]:
            names = one.get("relay") or one.get("targets") or [one["target"]]
            targets = "+".join(names)
            group = groups[f"{kind} {one['id'].split('/')[0]} {targets}"]
            group += _lines(f"{kind} {one['id']} {targets}", one, found)
    left_out: dict[tuple[str, str], list[str]] = defaultdict(list)
    for left in report["leftOut"]:
        left_out[left["id"], left["why"]].append(left["target"])
    for (full_id, why), names in left_out.items():
        line = f"leftOut {full_id} {'+'.join(names)}: {why}"
        groups[f"leftOut {why}"].append(("left out", line))
    return groups


def _lines(head: str, one: dict[str, Any], found: str) -> Iterator[tuple[str, str]]:
    # The steps of a journey race each other: what they are answered differs each time.
    journey = one["id"].startswith("journeys/")
    made = () if journey else one.get("calls", ())
    calls = [f"{call['operation']} {call['status']}" for call in made]
    verdict = one["verdict"]
    reason = (
        f": {without_drawn(one['error'])}"
        if verdict != PASSED and "error" in one
        else ""
    )
    yield verdict, " ".join([head, verdict, one["evidence"], *calls]) + reason
    for each in one[found]:
        yield (
            "",
            f"{head} {verdict}: {mismatch_label(each['where'], each.get('check', ''))}",
        )


def main() -> None:
    """Print the lines of the report that the command line names."""
    report = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    sys.stdout.write(text_of(verdict_lines(report)))


if __name__ == "__main__":
    main()
