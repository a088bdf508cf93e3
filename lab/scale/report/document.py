"""docs/scale.md and its plots: what the command writes into them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from lab.scale.costs import Costs
from lab.scale.inputs import Inputs
from lab.scale.loads import BASE, SCALES, Load
from lab.scale.report import money, scaling, warming
from lab.scale.report.plots import plots
from lab.scale.report.summary import summary
from local.template import ROOT

DOCUMENT = ROOT / "docs" / "scale.md"
PLOTS = ROOT / "docs" / "scale"
PART = re.compile(r"(<!-- scale:([a-z-]+) -->\n).*?(<!-- /scale:\2 -->)", re.DOTALL)


class DocumentError(Exception):
    """The document's markers and the model's tables are not the same."""


def files(inputs: Inputs) -> dict[Path, str]:
    """Return every file that the command writes, with its text.

    Raises `DocumentError`.
    """
    loads = {
        one.name: [
            Load(Costs(inputs, inputs.memory_mb), one, BASE * scale) for scale in SCALES
        ]
        for one in inputs.implementations
    }
    filled = fill(DOCUMENT.read_text("utf-8"), tables(inputs, loads))
    drawn = plots(inputs, loads).items()
    return {DOCUMENT: filled, **{PLOTS / name: svg for name, svg in drawn}}


def tables(inputs: Inputs, loads: Mapping[str, list[Load]]) -> dict[str, str]:
    """Return the written parts of the document, by the name of their marker."""
    return {
        "summary": summary(inputs, loads),
        "operations": money.operations(inputs),
        "calls": money.calls(inputs),
        "cold": money.cold(inputs),
        "memory": money.memory(inputs),
        "bills": money.bills(loads),
        "peaks": scaling.peaks(inputs, loads),
        "steps": scaling.stepped(loads),
        "kept": warming.kept(loads),
        "patience": warming.patience(loads),
        "shard-writes": scaling.writes(inputs),
        "shard-lists": scaling.lists(inputs),
        "uncertainty": money.uncertainty(inputs),
        "measured": money.measured(inputs),
        "assumptions": money.assumptions(inputs),
        "limits": money.limits(inputs),
        "prices": money.prices(inputs),
    }


def fill(text: str, parts: Mapping[str, str]) -> str:
    """Return a document with its marked parts written anew; raises `DocumentError`."""
    marked = [match[2] for match in PART.finditer(text)]
    if sorted(marked) != sorted(parts):
        wrong = sorted(set(marked) ^ set(parts)) or marked
        raise DocumentError(f"{DOCUMENT.name}: markers and tables differ: {wrong}")
    return PART.sub(lambda match: f"{match[1]}{parts[match[2]]}\n{match[3]}", text)
