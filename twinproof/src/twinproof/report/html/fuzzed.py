"""The page of a `twinproof fuzz`: what diverged, how far sequences came, the facts."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path

import htpy as h

from twinproof.contract.openapi import Contract
from twinproof.fuzz.fuzzer import Found, Outcome
from twinproof.fuzz.reach import documented, unreachable
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
"""Characters of what a step sends."""
UNSTEADY = "did not come again when it was played again"


def write_fuzz_page(
    outcome: Outcome, contract: Contract, rerun: str, folder: Path
) -> None:
    """Write a run's page into a folder that exists.

    `rerun`: the options that reach its targets again.
    """
    page = fuzz_page(outcome, contract, rerun)
    (folder / HTML_FILE).write_text(page, encoding="utf-8")


def fuzz_page(outcome: Outcome, contract: Contract, rerun: str) -> str:
    """Return a run as one HTML page."""
    sections = []
    if outcome.found:
        every = cards([_card(outcome, found, rerun) for found in outcome.found])
        sections.append(Section("Divergences", every, MARKS))
    lead = f"In how many of {counted(outcome.reach.sequences, 'sequence')} each came."
    sections.append(Section("Reach", _reach(outcome, contract), lead))
    sections.append(Section("Inputs", _inputs(outcome)))
    sections.append(Section("The run", _facts(outcome, contract)))
    sections += _notes("Not played", outcome.errors)
    sections += _notes("Left behind", outcome.left)
    return document(_headline(outcome), sections)


def _headline(outcome: Outcome) -> Headline:
    told = f"no difference between {' and '.join(outcome.targets)}"
    if outcome.diverged:
        told = f"{counted(outcome.diverged, 'sequence')} diverged"
    elif outcome.errors:
        told = f"{counted(len(outcome.errors), 'sequence')} could not be played"
    reach = outcome.reach
    sizes = [counted(reach.sequences, "sequence"), counted(reach.steps, "step")]
    line = f"{', '.join(sizes)}, seed {outcome.seed}"
    bad = outcome.diverged or outcome.errors or outcome.left
    return Headline("twinproof fuzz", not bad, told, line)


def _card(outcome: Outcome, found: Found, rerun: str) -> Card:
    divergence = found.divergence
    finding = CardFinding(
        label=" | ".join(outcome.targets),
        verdict=Verdict.FAILED,
        heads=outcome.targets,
        mismatches=divergence.mismatches,
        error="" if found.steady else UNSTEADY,
    )
    both = Marks.of(divergence.mismatches)
    told = [("steps", _steps(found))]
    if alike := _alike(outcome, found):
        told.append(("alike", h.p[alike]))
    return Card(
        group=divergence.plan.steps[divergence.step].operation,
        name=f"sequence {found.index}",
        findings=[finding],
        sheets=[Sheet(outcome.targets, divergence.exchanges, both, (Marks(), Marks()))],
        told=told,
        rerun=f"twinproof fuzz {rerun} --seed {outcome.seed} --sequence {found.index}",
    )


def _alike(outcome: Outcome, found: Found) -> str:
    """Return the other sequences that diverged so."""
    alike = next((i for i in outcome.alike.values() if found.index in i), [])
    others = sorted(index for index in alike if index != found.index)
    more = f" and {len(others) - 20:,} more" if len(others) > 20 else ""
    told = ", ".join(map(str, others[:20]))
    return f"sequences {told}{more}" if others else ""


def _steps(found: Found) -> h.Node:
    plan = found.divergence.plan
    rows = [_step(each.operation, dict(each.when), each.bind) for each in plan.steps]
    if not plan.given:
        return h.ol(".calls")[rows]
    given = shown(dict(plan.given), MOST_SHOWN)
    return [h.p["given ", h.code[given]], h.ol(".calls")[rows]]


def _step(operation: str, when: object, bind: str) -> h.Element:
    sent = h.code[cut(shown(when, MOST_SHOWN))]
    return h.li[h.b[operation], " ", sent, bind and f" → {bind}"]


def _reach(outcome: Outcome, contract: Contract) -> h.Element:
    """Return how often each documented status was reached, or why not."""
    reach, causes = outcome.reach, unreachable(contract)
    short = set(reach.short(contract))
    rows: list[tuple[h.Node, ...]] = []
    for name, status in documented(contract):
        number = f"{reach.reached[name, status]:,}"
        told: h.Node = causes.get((name, status), "")
        if (name, status) in short:
            told = h.b(".failed")[f"✗ below the floor of {reach.floor}"]
        rows.append((f"{name} {status}", number, told))
    heads = ("operation and status", "sequences", "remark")
    return table("reach", heads, rows)


def _inputs(outcome: Outcome) -> h.Element:
    tags = sorted(outcome.reach.tags.items())
    rows = [(name, f"{number:,}") for name, number in tags]
    return table("classes of hostile input", ("class", "steps"), rows)


def _facts(outcome: Outcome, contract: Contract) -> h.Element:
    reach = outcome.reach
    return facts(
        {
            "seed": h.code[outcome.seed],
            "targets": " and ".join(outcome.targets),
            "run": h.code[outcome.run_id],
            "contract": contract.version,
            "suite on": f"Python {platform.python_version()}, {platform.system()}",
            "took": duration(outcome.seconds * 1_000_000),
            "a second": f"{outcome.rate:.1f} sequences",
            "sequences": f"{reach.sequences:,}",
            "steps": f"{reach.steps:,}",
            "median length": f"{reach.median_steps:g} steps",
            "past validation": f"{reach.past_validation:.0%}",
            "diverged": f"{outcome.diverged:,}",
        }
    )


def _notes(title: str, notes: list[str]) -> Iterator[Section]:
    if notes:
        yield Section(title, notes_list(notes))
