"""Deploys a stack, reads every property back and prints a verdict on each."""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from lab.rehearsal.environment import Environment
from lab.rehearsal.properties import Property, PropertyVerdict, counts, judge
from local import console
from local.model import Build, DeployedStack, Deployment

WIDTH = 120
NAME, VERDICT = 43, 20


def deploy_and_read_back(
    environment: Environment, stack: str, build: Build, **parameters: str
) -> tuple[DeployedStack, Deployment, list[Property]]:
    """Deploy a new stack; return it with a verdict on each of its properties."""
    with console.step("deploy", f"{stack}, {build.implementation}"):
        standing = environment.deploy(stack, build, None, **parameters)
    with console.step("read back", stack):
        declared = environment.declared(standing)
        before = declared.read(environment.clients)
        deployment = environment.complete(standing)
        judged = judge(
            declared, before, declared.read(environment.clients), environment.known_gaps
        )
    print_properties(environment, stack, judged)
    return standing, deployment, judged


def print_properties(
    environment: Environment, stack: str, judged: Sequence[Property]
) -> None:
    """Print the properties by resource and verdict, and keep the faults."""
    for line in _lines(judged):
        console.print_line(line)
    for one in judged:
        if one.verdict.fault:
            environment.faults.append(f"{stack} {one.name}: {one.verdict}")
    console.print_line(f"  {stack}: {counts_line(counts(judged))}")


def counts_line(verdicts: Counter[PropertyVerdict]) -> str:
    """Return the count of every verdict as one line, zero included."""
    total = verdicts.total()
    parts = [f"{verdicts[verdict]} {verdict}" for verdict in PropertyVerdict]
    return f"{total} values: {', '.join(parts)}"


def _lines(judged: Sequence[Property]) -> Iterator[str]:
    groups: dict[tuple[str, PropertyVerdict], list[Property]] = defaultdict(list)
    for one in judged:
        groups[one.resource, one.verdict].append(one)
    for (resource, verdict), ones in groups.items():
        yield from _rows(resource, verdict, _names(ones))
        for cause in dict.fromkeys(one.cause for one in ones if one.cause):
            yield from _rows("", "", cause)
        for one in ones:
            if verdict.fault:
                text = f"{one.path}: wanted {one.wanted!r}, found {one.found!r}"
                yield from _rows("", "", text)


def _names(ones: Iterable[Property]) -> str:
    """Return the properties as text, each with the number of its values."""
    found = Counter(one.path.split("/")[0] or "itself" for one in ones)
    return ", ".join(
        f"{name} ({number})" if number > 1 else name for name, number in found.items()
    )


def _rows(resource: str, verdict: str, text: str) -> Iterator[str]:
    for part in textwrap.wrap(text, WIDTH - NAME - VERDICT, break_on_hyphens=False):
        yield f"  {resource:<{NAME}}{verdict:<{VERDICT}}{part}"
        resource = verdict = ""
