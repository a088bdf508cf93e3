"""Reads a data file of the contract and checks it by its format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from twinproof.contract.schemas import Schemas
from twinproof.errors import FileFault, FileFinding
from twinproof.files import read_yaml

Keep = Callable[[Any], Any]
"""Selects the part of a document to check."""


def whole(document: Any) -> Any:
    """Return all of it."""
    return document


def read_checked(
    path: Path,
    folder: str,
    format_name: str,
    schemas: Schemas,
    keep: Keep = whole,
) -> tuple[Any, list[FileFinding]]:
    """Return the selected part of a data file, and where it does not fit its format."""
    shown = f"{folder}{path.name}"
    try:
        document = keep(read_yaml(path, shown))
    except FileFault as fault:
        return None, fault.findings
    faults = schemas.faults(f"formats/{format_name}.json", document)
    return document, [
        FileFinding(shown, _location(document, fault.pointer), fault.what)
        for fault in faults
    ]


def _location(document: Any, pointer: str) -> str:
    """Return a pointer with a case's number replaced by its id, if it has one."""
    steps = pointer.split("/")[1:]
    if len(steps) > 1 and steps[0] in ("cases", "steps"):
        part = document[steps[0]][int(steps[1])]
        if isinstance(part, dict) and isinstance(part.get("id"), str):
            return " ".join(filter(None, [part["id"], "/".join(["", *steps[2:]])]))
    return pointer
