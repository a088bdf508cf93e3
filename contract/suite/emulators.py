"""Where emulators answer otherwise than AWS: contract/emulators/<name>.yaml.

What an emulator does is no implementation's doing: a run with `--emulator NAME` excuses
the cases that its file names, on every target, for as long as they fail. The page
docs/emulators.md is rendered from the same files.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from contract.suite.cases import read_checked
from contract.suite.divergences import Divergence
from contract.suite.errors import FileFault, Finding, UsageError
from contract.suite.results import Basis

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from contract.suite.openapi import Contract

FOLDER = "emulators"
PAGE = "docs/emulators.md"
HEAD = """\
# Where emulators differ from AWS

Rendered from `contract/emulators/` by `make events`; the contract suite reads the same
files. A case named here fails on the emulator and is excused there, nowhere else; one
that no longer fails makes the run fail until its line is taken out. What has no case
cannot be seen in an answer.
"""


def read_emulator(contract: Contract, name: str) -> list[Divergence]:
    """Return what an emulator excuses; raise `UsageError` for an unknown one."""
    path = contract.root / FOLDER / f"{name}.yaml"
    if not path.is_file():
        known = sorted(each.stem for each in path.parent.glob("*.yaml"))
        raise UsageError(f"--emulator {name}: known are {', '.join(known)}")
    document = _document(contract, path)
    return [
        Divergence(
            cases=tuple(each["cases"]),
            reason=each["what"],
            cause=each["aws"],
            basis=Basis(each["basis"]),
            until=date.max,
        )
        for each in document["differences"]
        if "cases" in each
    ]


def lint_emulators(contract: Contract, ids: set[str]) -> Iterator[Finding]:
    """Yield what is wrong in the files, and every id that no case has."""
    for path in sorted((contract.root / FOLDER).glob("*.yaml")):
        document, faults = read_checked(
            path, f"{FOLDER}/", "emulator", contract.schemas
        )
        yield from faults
        for each in document["differences"] if not faults else ():
            for full_id in each.get("cases", ()):
                if full_id not in ids:
                    yield Finding(f"{FOLDER}/{path.name}", full_id, "matches no case")


def render_page(contract: Contract) -> str:
    """Return docs/emulators.md as the files say it."""
    lines = [HEAD]
    for path in sorted((contract.root / FOLDER).glob("*.yaml")):
        document = _document(contract, path)
        lines += [
            f"## {document['title']}",
            "",
            f"Seen with {document['version']}.",
            "",
        ]
        lines += ["| emulator | AWS | basis | cases |", "|---|---|---|---|"]
        for each in document["differences"]:
            cases = ", ".join(f"`{name}`" for name in each.get("cases", ()))
            row = (each["what"], each["aws"], each["basis"], cases or "none")
            lines.append(f"| {' | '.join(row)} |")
        lines.append("")
    return "\n".join(lines)


def _document(contract: Contract, path: Path) -> Any:
    document, faults = read_checked(path, f"{FOLDER}/", "emulator", contract.schemas)
    if faults:
        raise FileFault(faults)
    return document
