"""Checks that the names in twinproof.toml exist in the documents."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import chain

from twinproof.cases.expressions import TOOL
from twinproof.contract.clauses import Clauses
from twinproof.contract.config import FILE
from twinproof.contract.openapi import Contract
from twinproof.domain.protocol import Domain
from twinproof.errors import FileFinding

Fault = tuple[str, str]
"""A JSON Pointer into the file, and what is wrong there."""


def lint_config(contract: Contract, domain: Domain) -> Iterator[FileFinding]:
    """Yield names in the file that match nothing."""
    faults = (_clauses(contract), _records(contract), _expressions(contract, domain))
    for pointer, what in chain(*faults):
        yield FileFinding(FILE, pointer, what)


def _clauses(contract: Contract) -> Iterator[Fault]:
    config, clauses = contract.config, Clauses(contract.root)
    for pointer, part in (("/logs", config.logs), ("/request-id", config.request_id)):
        fault = clauses.fault(part.clause) if part and part.clause != FILE else ""
        if fault:
            yield f"{pointer}/clause", fault


def _records(contract: Contract) -> Iterator[Fault]:
    for record in contract.config.records:
        for pattern in record.operations:
            if not any(fnmatchcase(name, pattern) for name in contract.operations):
                what = f"no operation matches {pattern}"
                yield f"/records/{record.name}/operations", what
        members = contract.schemas.members(record.schema) | {"id"}
        for name in contract.config.lists.order:
            if name.removeprefix("-") not in members:
                yield "/lists/order", f"{record.schema} has no field for {name}"


def _expressions(contract: Contract, domain: Domain) -> Iterator[Fault]:
    for name in contract.config.own:
        if name in TOOL or name in domain.expressions:
            yield f"/own/{name}", "another expression has this name"
    for name in domain.expressions.keys() & TOOL.keys():
        yield "/plugin/module", f"its expression {name} has the name of one of the tool"
