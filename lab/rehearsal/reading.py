"""Deploys a stack, reads every property back and prints what became of each."""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from lab.rehearsal.properties import Mark, Property, counts, judge
from lab.rehearsal.stage import Stage
from local import console
from local.model import Build, Deployment, Standing

WIDTH = 120
NAME, MARK = 43, 20


def put_up(
    stage: Stage, stack: str, build: Build, **parameters: str
) -> tuple[Standing, Deployment, list[Property]]:
    """Deploy a new stack, and return it with a verdict on each of its properties."""
    with console.step("deploy", f"{stack}, {build.implementation}"):
        standing = stage.deploy(stack, build, None, **parameters)
    with console.step("read back", stack):
        declared = stage.declared(standing)
        before = declared.read(stage.clients)
        deployment = stage.complete(standing)
        judged = judge(declared, before, declared.read(stage.clients), stage.ledger)
    tell(stage, stack, judged)
    return standing, deployment, judged


def tell(stage: Stage, stack: str, judged: Sequence[Property]) -> None:
    """Print resource by resource what is held, applied afterwards, not emulated."""
    for line in _lines(judged):
        console.say(line)
    for one in judged:
        if one.mark.fault:
            stage.faults.append(f"{stack} {one.name}: {one.mark}")
    console.say(f"  {stack}: {in_words(counts(judged))}")


def in_words(marks: Counter[Mark]) -> str:
    """Return counts of marks as a line; those that stand for faults are always told."""
    total = marks.total()
    told = [f"{marks[mark]} {mark}" for mark in Mark]
    return f"{total} values: {', '.join(told)}"


def _lines(judged: Sequence[Property]) -> Iterator[str]:
    groups: dict[tuple[str, Mark], list[Property]] = defaultdict(list)
    for one in judged:
        groups[one.resource, one.mark].append(one)
    for (resource, mark), ones in groups.items():
        yield from _rows(resource, mark, _names(ones))
        for cause in dict.fromkeys(one.cause for one in ones if one.cause):
            yield from _rows("", "", cause)
        for one in ones:
            if mark.fault:
                text = f"{one.path}: wanted {one.wanted!r}, found {one.found!r}"
                yield from _rows("", "", text)


def _names(ones: Iterable[Property]) -> str:
    """Return the properties, each with how many values of it there are."""
    found = Counter(one.path.split("/")[0] or "itself" for one in ones)
    return ", ".join(
        f"{name} ({number})" if number > 1 else name for name, number in found.items()
    )


def _rows(resource: str, mark: str, text: str) -> Iterator[str]:
    for part in textwrap.wrap(text, WIDTH - NAME - MARK, break_on_hyphens=False):
        yield f"  {resource:<{NAME}}{mark:<{MARK}}{part}"
        resource = mark = ""
