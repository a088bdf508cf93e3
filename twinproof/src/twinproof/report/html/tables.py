"""The small tables of a page: facts, targets, evidence, what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import htpy as h

from twinproof.cases.statements import Statement
from twinproof.report.html.markup import counted
from twinproof.run.results import Evidence, LeftOut, Pair, Result, Run, Verdict
from twinproof.targets.target import Target

MOST_IDS = 400
"""Ids that are listed for one reason; the others are counted."""


def facts(items: Mapping[str, h.Node]) -> h.Element:
    """Return a list of facts with their names."""
    return h.dl(".facts")[(h.div[h.dt[k], h.dd[v]] for k, v in items.items())]


def table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[h.Node]]
) -> h.Element:
    """Return a table whose first column names each row."""
    body = (
        h.tr[h.th(scope="row")[first], (h.td[cell] for cell in rest)]
        for first, *rest in rows
    )
    head = h.tr[(h.th(scope="col")[name] for name in heads)]
    return h.div(".wide")[h.table[h.caption[caption], h.thead[head], h.tbody[body]]]


def relative_time(epoch_ms: int) -> h.Element:
    """Return a time in UTC in a readable form."""
    at = datetime.fromtimestamp(epoch_ms / 1000, UTC)
    return h.time(datetime=at.isoformat())[f"{at:%Y-%m-%d %H:%M:%S} UTC"]


def targets_table(targets: Sequence[Target], versions: Mapping[str, str]) -> h.Element:
    """Return the targets, and the evidence that a run on them gives."""
    heads = ("target", "address", "implementation", "reported", "writes", "evidence")
    rows = [
        (
            target.name,
            h.code[target.url],
            target.implementation or "not given",
            versions.get(target.name, "not asked"),
            target.writes,
            Evidence(target.evidence).meaning,
        )
        for target in targets
    ]
    return table("targets", heads, rows)


def evidence_table(every: Sequence[Result | Pair]) -> h.Element:
    """Return how many results each kind of evidence supports."""
    counts = Counter(each.evidence for each in every)
    rows = [
        (evidence.meaning, f"{counts[evidence]:,}")
        for evidence in Evidence
        if counts[evidence]
    ]
    return table("evidence of the results", ("evidence", "results"), rows)


def grounds_table(run: Run) -> h.Element:
    """Return the statements about AWS that a run relied on, and what it shows."""
    rows: list[list[h.Node]] = [
        [
            h.code[each.statement.statement_id],
            each.statement.says,
            _source(each.statement),
            f"{len(each.cases):,}",
            *(each.shown[target] for target in run.targets),
        ]
        for each in run.grounds
    ]
    heads = ("statement", "says", "standing", "cases", *run.targets)
    return table("statements about AWS", heads, rows)


def _source(statement: Statement) -> h.Node:
    if statement.link:
        return h.a(href=statement.link)[statement.standing.value]
    command = h.code[statement.command]
    return [f"{statement.standing}; ", command, f" must give {statement.expect}"]


def left_out_list(left_out: Sequence[LeftOut]) -> list[h.Element]:
    """Return what was left out, by its reason."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for each in left_out:
        by_reason.setdefault((each.target, each.why), []).append(each.full_id)
    return [
        h.details[
            h.summary[f"{counted(len(ids), 'case')} on {target}: {why}"], _ids(ids)
        ]
        for (target, why), ids in by_reason.items()
    ]


def _ids(ids: Sequence[str]) -> h.Element:
    more = len(ids) - MOST_IDS
    rows = [h.li[h.code[full_id]] for full_id in ids[:MOST_IDS]]
    if more > 0:
        rows.append(h.li[f"… {more:,} more"])
    return h.ul(".ids")[rows]


def known_failures_table(run: Run) -> h.Element:
    """Return the known failures, with their reason and where they differ."""
    known = [each for each in run.all if each.verdict is Verdict.KNOWN]
    rows = [
        (
            each.full_id,
            " | ".join(each.targets),
            each.error or "not given",
            ", ".join(dict.fromkeys(m.where for m in each.mismatches)) or "—",
        )
        for each in known
    ]
    heads = ("case", "targets", "why", "where")
    return table("known failures", heads, rows)


def notes_list(notes: Sequence[str]) -> h.Element:
    """Return the run's notes."""
    return h.ul[(h.li[note] for note in notes)]
