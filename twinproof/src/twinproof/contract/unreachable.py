"""What no case can reach: unreachable.yaml, and which documented statuses it covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twinproof.contract.nodes import followed, target_of
from twinproof.contract.openapi import Contract
from twinproof.contract.reading import read_checked
from twinproof.errors import FileFinding

EVERYWHERE = "*"
"""What an entry has for `operation` if it is about all of them."""

Entry = Mapping[str, Any]


def entries_of(contract: Contract) -> tuple[Sequence[Entry], list[FileFinding]]:
    """Return the entries; none, and what is wrong, where the file does not fit."""
    path = contract.root / contract.config.files.unreachable
    entries, findings = read_checked(path, "", "unreachable", contract.schemas)
    return ([] if findings else entries), findings


def covers(contract: Contract, entry: Entry, operation: str, status: int) -> bool:
    """Say whether an entry is about all that an operation answers with a status.

    One that names a problem is, where the status has no other.
    """
    if entry["operation"] not in (operation, EVERYWHERE):
        return False
    if entry.get("status") != status:
        return False
    documented = problems_of(contract, operation, status)
    return "problem" not in entry or documented == {entry["problem"]}


def problems_of(contract: Contract, operation: str, status: int) -> set[str]:
    """Return the problems that an operation may answer with a status."""
    documented = contract.operations[operation].responses.get(status)
    places = {
        (file, pointer)
        for reference in (documented.content.values() if documented else ())
        for file, pointer, _ in followed(contract.files, *target_of("", reference))
    }
    file = contract.config.files.problems
    return {name for name in contract.problems if (file, f"/$defs/{name}") in places}
