"""The written parts of docs/scale.md, and its plots."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lab.markdown import fill
from lab.scale.costs import Costs
from lab.scale.inputs import Inputs
from lab.scale.loads import BASE, SCALES, Load
from lab.scale.report import money, scaling, warming
from lab.scale.report.plots import plots
from lab.scale.report.summary import summary
from local.template import ROOT

DOCUMENT = ROOT / "docs" / "scale.md"
PLOTS = ROOT / "docs" / "scale"


def files(inputs: Inputs) -> dict[Path, str]:
    """Return the text of every file that the command writes, by path.

    Raises `MarksError`.
    """
    loads = {
        one.name: [
            Load(Costs(inputs, inputs.memory_mb), one, BASE * scale) for scale in SCALES
        ]
        for one in inputs.implementations
    }
    parts = {f"scale:{name}": text for name, text in tables(inputs, loads).items()}
    drawn = {PLOTS / name: svg for name, svg in plots(inputs, loads).items()}
    return {DOCUMENT: fill(DOCUMENT, parts), **drawn}


def tables(inputs: Inputs, loads: Mapping[str, list[Load]]) -> dict[str, str]:
    """Return the written parts of the document, by the name of their mark."""
    return {
        "summary": summary(inputs, loads),
        "operations": money.operations(inputs),
        "calls": money.calls(inputs),
        "cold": money.cold(inputs),
        "memory": money.memory(inputs),
        "bills": money.bills(loads),
        "peaks": scaling.peaks(inputs, loads),
        "steps": scaling.stepped(loads),
        "keep-warm": warming.keep_warm(loads),
        "idle-time": warming.idle_time(loads),
        "shard-writes": scaling.writes(inputs),
        "shard-lists": scaling.lists(inputs),
        "uncertainty": money.uncertainty(inputs),
        "measured": money.measured(inputs),
        "assumptions": money.assumptions(inputs),
        "limits": money.limits(inputs),
        "prices": money.prices(inputs),
    }
