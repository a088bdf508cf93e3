"""Gains of the optimizations, as a document and as tables of docs/performance.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import comb
from pathlib import Path
from statistics import median
from typing import Any

from lab.bench.candidates import Candidate
from lab.bench.document import RESULTS, Document, circumstances
from lab.bench.optimizations import Optimization
from lab.bench.ratios import Spread
from lab.documents import read, require_fit
from lab.markdown import table

SCHEMA = Path(__file__).with_name("ablation.schema.json")
KEPT = RESULTS / "ablation.json"
GAINS = {"start": "init and first getUser", "warm": "instructions of a warm getUser"}
LABELS = {"python": "Python", "node": "TypeScript"}
# The probability that a median lies outside its reported range.
DOUBT = 0.05

Found = dict[str, list[float]]  # seconds or instructions, by a candidate's name


def row(
    optimization: Optimization, ours: Candidate, other: Candidate, found: Found
) -> Document:
    """Return the share by which an optimization lowers what the package needs."""
    without, with_it = (ours, other) if optimization.missing else (other, ours)
    pairs = zip(found[with_it.name], found[without.name], strict=True)
    remaining = with_it.users.unzipped_bytes / without.users.unzipped_bytes
    return {
        "language": ours.language,
        "optimization": optimization.name,
        "of": "warm" if optimization.warm else "start",
        "gain": median_with_confidence([1 - one / other for one, other in pairs]),
        "bytesGain": round(1 - remaining, 3),
    }


def median_with_confidence(values: Sequence[float]) -> Spread:
    """Return the median and its 95 % confidence interval.

    The interval comes from order statistics: a round is above the true median as often
    as below, whatever the distribution. Quartiles would describe single rounds, not
    their median.
    """
    ordered, number, skipped = sorted(values), len(values), 0
    while 2 * sum(comb(number, k) for k in range(skipped + 2)) <= DOUBT * 2**number:
        skipped += 1
    found = (median(ordered), ordered[skipped], ordered[-1 - skipped])
    middle, low, high = (round(value, 4) for value in found)
    return {"median": middle, "low": low, "high": high}


def whole(rows: Sequence[Document], load_before: float, rounds: int) -> Document:
    """Return the document of a run; raises `InputError` if it breaks its schema."""
    found = {
        **circumstances(load_before),
        "rounds": rounds,
        "rows": list(rows),
    }
    require_fit(found, SCHEMA, "ablation")
    return found


def kept() -> Document:
    """Return the kept document; raises `InputError`."""
    document: Document = read(KEPT, SCHEMA)
    return document


# ---- tables ---------------------------------------------------------------------


def markdown(found: Document) -> str:
    """Return the tables, and when and where they were measured."""
    load = " and ".join(f"{value:.1f}" for value in found["load"])
    remark = (
        f"Measured {found['measuredAt'][:10]} on {found['machine']}, load average "
        f"{load} before and after. In parentheses the 95 % confidence interval of the "
        f"median of {found['rounds']} rounds."
    )
    of_each = [
        table(
            ["optimization", f"gain in {what}", "gain in unzipped bytes"],
            _rows(found, of),
            3,
        )
        for of, what in GAINS.items()
    ]
    return "\n\n".join([*of_each, remark])


def _rows(found: Document, of: str) -> Iterator[list[str]]:
    for one in found["rows"]:
        if one["of"] == of:
            name = f"{LABELS[one['language']]}: {one['optimization']}"
            in_bytes = f"{one['bytesGain'] * 100:.0f} %".replace("-0", "0")
            yield [name, gain_text(one), in_bytes]


def gain_text(one: dict[str, Any]) -> str:
    """Return a gain in CPU time as `12 % (11 to 13)`, in instructions as `5.1 %`."""
    middle, low, high = (one["gain"][name] * 100 for name in ("median", "low", "high"))
    if one["of"] == "warm":
        return f"{middle:.1f} %"
    return f"{middle:.0f} % ({low:.0f} to {high:.0f})"
