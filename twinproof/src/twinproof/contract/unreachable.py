"""What no case can reach: unreachable.yaml, and which documented statuses it covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twinproof.contract.nodes import followed, target_of
from twinproof.contract.openapi import Contract
from twinproof.contract.reading import read_checked
from twinproof.errors import FileFinding

EVERYWHERE = "*"
"""The `operation` of an entry for all operations."""

Entry = Mapping[str, Any]


def entries_of(contract: Contract) -> tuple[Sequence[Entry], list[FileFinding]]:
    """Return the entries and the faults of the file; no entries if it has faults."""
    path = contract.root / contract.config.files.unreachable
    entries, findings = read_checked(path, "", "unreachable", contract.schemas)
    return ([] if findings else entries), findings


def covers(contract: Contract, entry: Entry, operation: str, status: int) -> bool:
    """Say whether an entry covers all responses of an operation with a status.

    An entry that names a problem does, if the status has no other problem.
    """
    if entry["operation"] not in (operation, EVERYWHERE):
        return False
    if entry.get("status") != status:
        return False
    documented = problems_of(contract, operation, status)
    return "problem" not in entry or documented == {entry["problem"]}


def problems_of(contract: Contract, operation: str, status: int) -> set[str]:
    """Return the problems that an operation may return with a status."""
    documented = contract.operations[operation].responses.get(status)
    places = {
        (file, pointer)
        for reference in (documented.content.values() if documented else ())
        for file, pointer, _ in followed(contract.files, *target_of("", reference))
    }
    file = contract.config.files.problems
    return {name for name in contract.problems if (file, f"/$defs/{name}") in places}
