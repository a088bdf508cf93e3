"""The page of a `twinproof check`."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from pathlib import Path

import htpy as h

from twinproof.report.console import closing_line
from twinproof.report.html.cards import cards
from twinproof.report.html.document import Headline, Section, document
from twinproof.report.html.gathering import cards_of
from twinproof.report.html.latency import duration, latencies
from twinproof.report.html.markup import counted
from twinproof.report.html.matrix import BAD, matrix_table
from twinproof.report.html.tables import (
    evidence_table,
    facts,
    grounds_table,
    known_failures_table,
    left_out_list,
    notes_list,
    relative_time,
    targets_table,
)
from twinproof.run.grounds import grounds_line
from twinproof.run.results import Run, Verdict, verdicts
from twinproof.targets.target import Target

HTML_FILE = "report.html"
MARKS = (
    "≠ the targets differ; ✗ a target breaks the contract; ≈ the targets may differ "
    "here: ids, times, signatures and names of the run have rules of their own."
)

_PAIR_WORDS = {Verdict.FAILED: ("pair differs", "pairs differ")}


def write_page(run: Run, targets: Sequence[Target], version: str, folder: Path) -> None:
    """Write a run's page into a folder that exists."""
    page = check_page(run, targets, version)
    (folder / HTML_FILE).write_text(page, encoding="utf-8")


def check_page(run: Run, targets: Sequence[Target], version: str) -> str:
    """Return a run as one HTML page."""
    sections = [Section("Overview", matrix_table(run))]
    sections += _failures(run, targets)
    sections += _latency(run)
    sections.append(Section("The run", _facts(run, targets, version)))
    sections += _grounds(run)
    sections += _rest(run)
    return document(_headline(run), sections)


def _headline(run: Run) -> Headline:
    summary = ", ".join(_bad(run)) or ("all passed" if run.results else "nothing ran")
    if not run.exit_code and run.pairs:
        summary = f"no difference between {' and '.join(run.targets)}"
    return Headline("twinproof check", run.exit_code == 0, summary, closing_line(run))


def _bad(run: Run) -> Iterator[str]:
    """Yield how many results and pairs have each bad verdict."""
    own, pairs = verdicts([*run.results, *run.relays]), verdicts(run.pairs)
    for verdict in (each for each in Verdict if each in BAD):
        if own[verdict]:
            yield f"{own[verdict]:,} {verdict}"
        if pairs[verdict]:
            one, many = _PAIR_WORDS.get(
                verdict, (f"pair {verdict}", f"pairs {verdict}")
            )
            yield f"{pairs[verdict]:,} {one if pairs[verdict] == 1 else many}"


def _failures(run: Run, targets: Sequence[Target]) -> Iterator[Section]:
    found = cards_of(run, targets)
    if found:
        yield Section("Failures and differences", cards(found), MARKS)


def _latency(run: Run) -> Iterator[Section]:
    timings: dict[str, dict[str, list[int]]] = {}
    for result in run.results:
        for each in result.exchanges:
            if each.operation:
                targets = timings.setdefault(each.operation, {})
                targets.setdefault(result.target, []).append(each.duration_us)
    if timings:
        lead = (
            "The solid line is p50, the dashed line p99. Cases ran at the same time,"
            " so calls also waited for each other."
        )
        yield Section("Latency", latencies(timings), lead)


def _facts(run: Run, targets: Sequence[Target], version: str) -> h.Node:
    items: dict[str, h.Node] = {
        "started": relative_time(run.started_ms),
        "took": duration(run.duration_ms * 1000),
        "run": h.code[run.run_id],
        "contract": version,
        "ran on": f"Python {platform.python_version()}, {platform.system()}",
        "results": f"{len(run.results):,}",
        "pairs": f"{len(run.pairs):,}",
        "relays": f"{len(run.relays):,}",
        "exchanges": f"{sum(len(each.exchanges) for each in run.results):,}",
        "left out": f"{len(run.left_out):,}",
    }
    shown = targets_table(targets, versions(run))
    return [facts(items), shown, evidence_table(run.all)]


def versions(run: Run) -> dict[str, str]:
    """Return, by target, the implementation and version that a response reported."""
    found: dict[str, str] = {}
    for result in run.results:
        for each in result.exchanges:
            body = each.json()
            if isinstance(body, dict) and {"implementation", "version"} <= body.keys():
                found[result.target] = f"{body['implementation']} {body['version']}"
    return found


def _grounds(run: Run) -> Iterator[Section]:
    if run.grounds:
        lead = f"The run {grounds_line(run)}."
        yield Section("Statements about AWS", grounds_table(run), lead)


def _rest(run: Run) -> Iterator[Section]:
    if any(each.verdict is Verdict.KNOWN for each in run.all):
        lead = "Each has a reason and an end date. One that no longer occurs is stale."
        yield Section("Known failures", known_failures_table(run), lead)
    if run.left_out:
        lead = f"{counted(len(run.left_out), 'case')} could not run on every target."
        yield Section("Left out", left_out_list(run.left_out), lead)
    if run.notes:
        yield Section("Notes", notes_list(run.notes))
