"""Where emulators differ from AWS: contract/emulators/<name>.yaml.

An emulator's difference is not the implementation's fault. A run with `--emulator NAME`
counts the cases that the file names as known failures, on every target, as long as they
fail in the way that the file describes. docs/emulators.md is rendered from the same
files.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from twinproof.cases.statements import EMULATORS as FOLDER
from twinproof.cases.statements import FILE, Statement, Statements, read_statements
from twinproof.contract.openapi import Contract
from twinproof.contract.reading import read_checked
from twinproof.errors import FileFault, FileFinding, UsageError
from twinproof.run.known_failures import KnownFailure
from twinproof.run.results import Evidence

HEAD = """\
# Where emulators differ from AWS

`make events` renders this page from `contract/emulators/` and `contract/aws.yaml`; the
tool reads the same files. "documented" links to AWS's page, "captured" to a response of
AWS that somebody published. "assumed" has a command that shows it on a deployed stack;
names in it are Outputs of the stack.

A case named here is a known failure on this emulator only, and only while the result is
the one described here. If it passes again, the run fails until its line is removed. A
journey ends at the step that meets a difference. A difference without a case fails
nothing; "not run" lists the cases that do not run on the emulator.
"""


def emulators_of(contract: Contract) -> list[Path]:
    """Return the files that say where emulators differ, one for each emulator."""
    return sorted((contract.root / FOLDER).glob("*.yaml"))


def read_emulator(contract: Contract, name: str) -> list[KnownFailure]:
    """Return the known failures of an emulator; raise `UsageError` if it is unknown."""
    path = contract.root / FOLDER / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(each.stem for each in emulators_of(contract))
        raise UsageError(f"--emulator {name}: known are {known or 'none'}")
    document, statements = _document(contract, path), read_statements(contract)
    return [
        KnownFailure(
            cases=tuple(each["cases"]),
            reason=each["what"],
            cause=_statement(statements, each["aws"], name).says,
            evidence=Evidence.EMULATOR,
            until=date.max,
            seen=each["seen"],
        )
        for each in document["differences"]
        if "cases" in each
    ]


def _statement(statements: Statements, name: str, emulator: str) -> Statement:
    if name not in statements:
        where = f"{FOLDER}/{emulator}.yaml"
        raise FileFault([FileFinding(where, name, f"{FILE} has no such statement")])
    return statements[name]


def not_run(contract: Contract, name: str) -> dict[str, str]:
    """Return the cases that do not run on an emulator, each with the reason."""
    document = _document(contract, contract.root / FOLDER / f"{name}.yaml")
    return {
        full_id: each["what"]
        for each in document["differences"]
        for full_id in each.get("notRun", ())
    }


def lint_emulators(contract: Contract, ids: set[str]) -> Iterator[FileFinding]:
    """Yield what is wrong in the files, and every id that names no case."""
    for path in emulators_of(contract):
        document, faults = read_checked(
            path, f"{FOLDER}/", "emulator", contract.schemas
        )
        yield from faults
        for each in document["differences"] if not faults else ():
            for full_id in (*each.get("cases", ()), *each.get("notRun", ())):
                if full_id not in ids:
                    yield FileFinding(
                        f"{FOLDER}/{path.name}", full_id, "matches no case"
                    )


def render_page(contract: Contract) -> str:
    """Return the text of docs/emulators.md, rendered from the files."""
    lines, statements = [HEAD], read_statements(contract)
    for path in emulators_of(contract):
        document = _document(contract, path)
        lines += [
            f"## {document['title']}",
            "",
            f"Seen with {document['version']}.",
            "",
        ]
        lines += ["| emulator | AWS | instead | cases |", "|---|---|---|---|"]
        for each in document["differences"]:
            ids = each.get("cases") or each.get("notRun", ())
            cases = ", ".join(f"`{name}`" for name in ids)
            seen = ", ".join(f"{k} `{v}`" for k, v in each.get("seen", {}).items())
            seen = "not run" if "notRun" in each else seen
            said = _statement(statements, each["aws"], path.stem)
            aws = f"{said.says} ({said.source})".replace("|", "\\|")
            row = (each["what"], aws, seen, cases or "none")
            lines.append(f"| {' | '.join(row)} |")
        lines.append("")
    return "\n".join(lines)


def _document(contract: Contract, path: Path) -> Any:
    document, faults = read_checked(path, f"{FOLDER}/", "emulator", contract.schemas)
    if faults:
        raise FileFault(faults)
    return document
