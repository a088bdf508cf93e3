"""The page of a `twinproof fuzz`: divergences, coverage, facts of the run."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path

import htpy as h

from twinproof.contract.openapi import Contract
from twinproof.fuzz.coverage import documented, unreachable
from twinproof.fuzz.fuzzer import Finding, FuzzRun
from twinproof.report.console import shown
from twinproof.report.html.cards import Card, CardFinding, cards
from twinproof.report.html.checked import MARKS
from twinproof.report.html.document import Headline, Section, document
from twinproof.report.html.latency import duration
from twinproof.report.html.markup import counted
from twinproof.report.html.parts import Marks
from twinproof.report.html.sheet import Sheet, cut
from twinproof.report.html.tables import facts, notes_list, table
from twinproof.run.results import Verdict

HTML_FILE = "fuzz.html"
MOST_SHOWN = 4_000
"""Characters of one step's request."""
UNSTEADY = "did not occur again when the sequence was run again"


def write_fuzz_page(
    fuzzed: FuzzRun, contract: Contract, rerun: str, folder: Path
) -> None:
    """Write a run's page into a folder that exists.

    `rerun`: the options that name its targets again.
    """
    page = fuzz_page(fuzzed, contract, rerun)
    (folder / HTML_FILE).write_text(page, encoding="utf-8")


def fuzz_page(fuzzed: FuzzRun, contract: Contract, rerun: str) -> str:
    """Return a run as one HTML page."""
    sections = []
    if fuzzed.found:
        every = cards([_card(fuzzed, found, rerun) for found in fuzzed.found])
        sections.append(Section("Divergences", every, MARKS))
    total = counted(fuzzed.coverage.sequences, "sequence")
    lead = f"In how many of {total} each documented status occurred."
    sections.append(Section("Coverage", _coverage(fuzzed, contract), lead))
    sections.append(Section("Inputs", _inputs(fuzzed)))
    sections.append(Section("The run", _facts(fuzzed, contract)))
    sections += _notes("Not run", fuzzed.errors)
    sections += _notes("Left behind", fuzzed.left)
    return document(_headline(fuzzed), sections)


def _headline(fuzzed: FuzzRun) -> Headline:
    summary = f"no difference between {' and '.join(fuzzed.targets)}"
    if fuzzed.diverged:
        summary = f"{counted(fuzzed.diverged, 'sequence')} diverged"
    elif fuzzed.errors:
        summary = f"{counted(len(fuzzed.errors), 'sequence')} could not be run"
    coverage = fuzzed.coverage
    sizes = [counted(coverage.sequences, "sequence"), counted(coverage.steps, "step")]
    line = f"{', '.join(sizes)}, seed {fuzzed.seed}"
    bad = fuzzed.diverged or fuzzed.errors or fuzzed.left
    return Headline("twinproof fuzz", not bad, summary, line)


def _card(fuzzed: FuzzRun, found: Finding, rerun: str) -> Card:
    divergence = found.divergence
    finding = CardFinding(
        label=" | ".join(fuzzed.targets),
        verdict=Verdict.FAILED,
        heads=fuzzed.targets,
        mismatches=divergence.mismatches,
        error="" if found.steady else UNSTEADY,
    )
    both = Marks.of(divergence.mismatches)
    details = [("steps", _steps(found))]
    if alike := _alike(fuzzed, found):
        details.append(("same difference", h.p[alike]))
    return Card(
        group=divergence.plan.steps[divergence.step].operation,
        name=f"sequence {found.index}",
        findings=[finding],
        sheets=[Sheet(fuzzed.targets, divergence.exchanges, both, (Marks(), Marks()))],
        sections=details,
        rerun=f"twinproof fuzz {rerun} --seed {fuzzed.seed} --sequence {found.index}",
    )


def _alike(fuzzed: FuzzRun, found: Finding) -> str:
    """Return the other sequences with the same difference."""
    alike = next((i for i in fuzzed.alike.values() if found.index in i), [])
    others = sorted(index for index in alike if index != found.index)
    more = f" and {len(others) - 20:,} more" if len(others) > 20 else ""
    numbers = ", ".join(map(str, others[:20]))
    return f"sequences {numbers}{more}" if others else ""


def _steps(found: Finding) -> h.Node:
    plan = found.divergence.plan
    rows = [_step(each.operation, dict(each.when), each.bind) for each in plan.steps]
    if not plan.given:
        return h.ol(".calls")[rows]
    given = shown(dict(plan.given), MOST_SHOWN)
    return [h.p["given ", h.code[given]], h.ol(".calls")[rows]]


def _step(operation: str, when: object, bind: str) -> h.Element:
    sent = h.code[cut(shown(when, MOST_SHOWN))]
    return h.li[h.b[operation], " ", sent, bind and f" → {bind}"]


def _coverage(fuzzed: FuzzRun, contract: Contract) -> h.Element:
    """Return in how many sequences each documented status occurred, or why in none."""
    coverage, causes = fuzzed.coverage, unreachable(contract)
    short = set(coverage.short(contract))
    rows: list[tuple[h.Node, ...]] = []
    for name, status in documented(contract):
        number = f"{coverage.statuses[name, status]:,}"
        remark: h.Node = causes.get((name, status), "")
        if (name, status) in short:
            remark = h.b(".failed")[f"✗ below the goal of {coverage.floor}"]
        rows.append((f"{name} {status}", number, remark))
    heads = ("operation and status", "sequences", "note")
    return table("coverage", heads, rows)


def _inputs(fuzzed: FuzzRun) -> h.Element:
    tags = sorted(fuzzed.coverage.tags.items())
    rows = [(name, f"{number:,}") for name, number in tags]
    return table("classes of hostile input", ("class", "steps"), rows)


def _facts(fuzzed: FuzzRun, contract: Contract) -> h.Element:
    coverage = fuzzed.coverage
    return facts(
        {
            "seed": h.code[fuzzed.seed],
            "targets": " and ".join(fuzzed.targets),
            "run": h.code[fuzzed.run_id],
            "contract": contract.version,
            "ran on": f"Python {platform.python_version()}, {platform.system()}",
            "took": duration(fuzzed.seconds * 1_000_000),
            "rate": f"{fuzzed.rate:.1f} sequences per second",
            "sequences": f"{coverage.sequences:,}",
            "steps": f"{coverage.steps:,}",
            "median length": f"{coverage.median_steps:g} steps",
            "past validation": f"{coverage.past_validation:.0%}",
            "diverged": f"{fuzzed.diverged:,}",
        }
    )


def _notes(title: str, notes: list[str]) -> Iterator[Section]:
    if notes:
        yield Section(title, notes_list(notes))
