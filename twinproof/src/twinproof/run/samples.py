"""Renders events/: one sample event for each operation, and the warming event."""

from __future__ import annotations

import json
import random
from pathlib import Path

from twinproof.cases.expressions import language_of
from twinproof.cases.language import Language, Scope
from twinproof.cases.model import Case, Collection, case_hash
from twinproof.cases.requests import request_of
from twinproof.contract.openapi import Contract
from twinproof.domain.loading import domain_of
from twinproof.domain.protocol import Records
from twinproof.exchange.payload import Context, Event, as_sent, event_of
from twinproof.stores.resources import Resources

# What would differ from run to run is fixed, so that a changed file means a change.
SAMPLE_RUN = "5a3b1e00"
SAMPLE_MS = 1_771_000_000_000
SAMPLE_REQUEST_ID = "JKJaXmPLvHcESHA="


def render(contract: Contract, collection: Collection) -> dict[str, str]:
    """Return the text of every file of events/, by its name."""
    domain, extra = domain_of(contract), contract.config.rendered.extra
    language = language_of(contract.config, domain.expressions)
    files = {f"{name}.json": _text(dict(event)) for name, event in extra.items()}
    for case in collection.cases:
        if case.event:
            operation = contract.operations[case.call.operation]
            event = sample_event(contract, domain.records, language, case)
            files[f"{operation.kebab}.json"] = _text(event)
    return files


def sample_event(
    contract: Contract, records: Records, language: Language, case: Case
) -> Event:
    """Return the event of a case's request, with fixed times and ids."""
    # Not for secrets: the ids should be the same each time.
    chance = random.Random(case.full_id).getrandbits  # noqa: S311
    scope = Scope(language, case_hash(case.full_id), SAMPLE_RUN, SAMPLE_MS, chance)
    resources = Resources.sample(contract.config)
    records.set_up(case.given, scope, resources)
    operation = contract.operations[case.call.operation]
    request = request_of(operation, case.call.when, scope)
    context = Context(
        route_key=operation.route_key,
        path_parameters=operation.parameters_of(request.path) or {},
        request_id=SAMPLE_REQUEST_ID,
        time_ms=SAMPLE_MS,
    )
    return event_of(as_sent(request, context.domain_name), context)


def drift(folder: Path, files: dict[str, str]) -> list[str]:
    """Return the names of files that are missing, left over or out of date."""
    there = {path.name for path in folder.glob("*")}
    return sorted(
        name
        for name in there | files.keys()
        if name not in files
        or name not in there
        or (folder / name).read_text(encoding="utf-8") != files[name]
    )


def write(folder: Path, files: dict[str, str]) -> None:
    """Write these files to a folder and remove all others."""
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.json"):
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _text(event: Event) -> str:
    return json.dumps(event, indent=2, ensure_ascii=False) + "\n"
