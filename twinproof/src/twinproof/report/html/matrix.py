"""The overview: how many of each verdict, by operation and target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

import htpy as h

from twinproof.report.html.cards import SYMBOLS, group_anchor
from twinproof.run.results import Pair, Result, Run, Verdict

EACH, PAIRS, RELAYS = "single targets", "pairs", "relays"
LEFT_OUT = "left out"
# Failures come first in a cell.
ORDER = (
    Verdict.FAILED,
    Verdict.STALE,
    Verdict.ERRORED,
    Verdict.PASSED,
    Verdict.KNOWN,
)
BAD = frozenset({Verdict.FAILED, Verdict.STALE, Verdict.ERRORED})

Column = tuple[str, str]
"""The kind of result and the targets: `pairs`, and the two names of a pair."""


@dataclass
class Matrix:
    """How often each verdict occurs, by operation and column."""

    columns: list[Column]
    rows: list[str] = field(default_factory=list)
    counts: dict[tuple[str, Column], Counter[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, run: Run) -> Matrix:
        """Count a run."""
        found = [(group_of(each.full_id), _column(each)) for each in run.all]
        columns = [(EACH, target) for target in run.targets]
        columns += sorted({c for _, c in found if c[0] == PAIRS})
        columns += sorted({c for _, c in found if c[0] == RELAYS})
        matrix = cls(columns)
        for (row, column), each in zip(found, run.all, strict=True):
            matrix.note(row, column, each.verdict)
        for out in run.left_out:
            matrix.note(group_of(out.full_id), (EACH, out.target), LEFT_OUT)
        # Journeys use all operations, so they come last.
        matrix.rows.sort(key=lambda row: row == "journeys")
        return matrix

    def note(self, row: str, column: Column, verdict: str) -> None:
        """Count one more."""
        if row not in self.rows:
            self.rows.append(row)
        self.counts.setdefault((row, column), Counter())[verdict] += 1

    def total(self, column: Column) -> Counter[str]:
        """Return the counts of a column."""
        cells = (self.counts.get((row, column), Counter()) for row in self.rows)
        return sum(cells, Counter[str]())


def group_of(full_id: str) -> str:
    """Return the operation of a case, or `journeys` for a journey."""
    return full_id.partition("/")[0]


def _column(each: Result | Pair) -> Column:
    if isinstance(each, Pair):
        return PAIRS, " | ".join(each.targets)
    return (RELAYS if each.relay else EACH), each.target


def matrix_table(run: Run) -> h.Element:
    """Return the overview of a run."""
    matrix = Matrix.of(run)
    table = h.table(".matrix")[
        h.caption["verdicts by operation and target"],
        h.thead[_heads(matrix.columns)],
        h.tbody[(_row(matrix, row) for row in matrix.rows)],
        h.tfoot[_foot(matrix)],
    ]
    return h.div(".wide")[table]


def _heads(columns: list[Column]) -> Iterator[h.Element]:
    groups = [
        h.th(colspan=len(list(group)), scope="colgroup")[kind]
        for kind, group in groupby(columns, lambda column: column[0])
    ]
    yield h.tr[h.th(rowspan=2, scope="col")["operation"], groups]
    yield h.tr[(h.th(scope="col")[name] for _, name in columns)]


def _row(matrix: Matrix, row: str) -> h.Element:
    cells = (_cell(matrix.counts.get((row, c)), row) for c in matrix.columns)
    return h.tr[h.th(scope="row")[row], cells]


def _foot(matrix: Matrix) -> h.Element:
    cells = (_cell(matrix.total(column), "") for column in matrix.columns)
    return h.tr[h.th(scope="row")["all"], cells]


def _cell(counts: Counter[str] | None, row: str) -> h.Element:
    """Return a cell; in a row of an operation, a cell with failures links to them."""
    if not counts:
        return h.td(".blank")["—"]
    bad = any(counts[verdict] for verdict in BAD)
    texts: list[h.Node] = [_count(v, counts[v]) for v in ORDER if counts[v]]
    if counts[LEFT_OUT]:
        texts.append(h.span(".quiet")[f"{counts[LEFT_OUT]:,} left out"])
    if bad and row:
        texts = [h.a(href=f"#{group_anchor(row)}")[texts]]
    return h.td(class_="bad" if bad else "good")[texts]


def _count(verdict: Verdict, number: int) -> h.Element:
    # A reader expects that most passed, so only the other verdicts are written out.
    word = "" if verdict is Verdict.PASSED else f" {verdict}"
    return h.span(class_=verdict.value)[f"{SYMBOLS[verdict]} {number:,}{word}"]


def failures_among(every: Iterable[Result | Pair]) -> list[Result | Pair]:
    """Return the results and pairs that failed, are stale or errored."""
    return [each for each in every if each.verdict in BAD]
