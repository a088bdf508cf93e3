"""The statements about AWS: contract/aws.yaml, each once.

Cases, journeys and emulators' files cite a statement by `aws`, texts and code by
`aws.yaml#ID`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from twinproof.cases.model import Collection
from twinproof.contract.openapi import Contract
from twinproof.contract.reading import read_checked
from twinproof.errors import FileFault, FileFinding

FILE = "aws.yaml"
EMULATORS = "emulators"
_CITED = re.compile(r"\baws\.yaml#([a-z0-9]+(?:-[a-z0-9]+)*)")


class Standing(StrEnum):
    """The kind of source behind a statement."""

    DOCUMENTED = "documented"
    CAPTURED = "captured"
    ASSUMED = "assumed"


@dataclass(frozen=True)
class Statement:
    """One sentence about AWS, with its source or the command that shows it."""

    statement_id: str
    says: str
    standing: Standing
    link: str = ""
    """AWS's page, or a page with a captured response of AWS."""
    command: str = ""
    """Of an assumed statement: the command that shows it on a deployed stack."""
    expect: str = ""
    """The result that the command must have."""
    no_case: str = ""
    """Why no case shows it."""

    @property
    def source(self) -> str:
        """Return the standing with its link or command, as Markdown."""
        if self.link:
            return f"[{self.standing}]({self.link})"
        return f"{self.standing}; `{self.command}` must give {self.expect}"


Statements = Mapping[str, Statement]


def read_statements(contract: Contract) -> Statements:
    """Return every statement by its id; raise `FileFault` for a bad file.

    A contract without the file has no statements.
    """
    document, faults = _document(contract)
    if faults:
        raise FileFault(faults)
    return {
        name: Statement(
            statement_id=name,
            says=body["says"],
            standing=Standing(body["standing"]),
            link=body.get("link", ""),
            command=body.get("command", ""),
            expect=body.get("expect", ""),
            no_case=body.get("noCase", ""),
        )
        for name, body in document["statements"].items()
    }


def _document(contract: Contract) -> tuple[Any, list[FileFinding]]:
    path = contract.root / FILE
    if not path.is_file():
        return {"citedIn": [], "statements": {}}, []
    return read_checked(path, "", "aws", contract.schemas)


def cited(contract: Contract, collection: Collection) -> dict[str, frozenset[str]]:
    """Return the statements that each case and journey relies on, by its id.

    The cases that fail by an emulator's difference rely on its statement too.
    """
    found = {each.full_id: set(each.aws) for each in collection.all}
    for _, difference in differences(contract):
        for full_id in difference.get("cases", ()):
            if full_id in found:
                found[full_id].add(difference["aws"])
    return {full_id: frozenset(ids) for full_id, ids in found.items()}


def differences(contract: Contract) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each difference of the readable files of emulators, with its file."""
    for path in sorted((contract.root / EMULATORS).glob("*.yaml")):
        folder = f"{EMULATORS}/"
        document, faults = read_checked(path, folder, "emulator", contract.schemas)
        for difference in () if faults else document["differences"]:
            yield f"{folder}{path.name}", difference


def lint_statements(
    contract: Contract, collection: Collection
) -> Iterator[FileFinding]:
    """Yield what no format can check: ids unknown, unused or without a case."""
    document, faults = _document(contract)
    if faults:
        yield from faults
        return
    statements = document["statements"]
    citations = list(_citations(contract, collection, document["citedIn"]))
    for where, name in citations:
        if name not in statements:
            yield FileFinding(where, name, f"{FILE} has no such statement")
    named = {name for _, name in citations}
    shown = {name for ids in cited(contract, collection).values() for name in ids}
    for name, body in statements.items():
        if name not in named:
            yield FileFinding(FILE, name, "nothing relies on it")
        if body["standing"] == Standing.ASSUMED and (name in shown) == (
            "noCase" in body
        ):
            what = "a case shows it, so noCase is wrong" if name in shown else _NO_CASE
            yield FileFinding(FILE, name, what)
    yield from _empty(contract.root.parent, document["citedIn"])


_NO_CASE = "it is assumed: cite it in a case, or say in noCase why none can show it"


def _citations(
    contract: Contract, collection: Collection, texts: list[str]
) -> Iterator[tuple[str, str]]:
    """Yield where each statement is cited, and its id."""
    for each in collection.all:
        for name in each.aws:
            yield each.full_id, name
    for file, difference in differences(contract):
        yield file, difference["aws"]
    checkout = contract.root.parent
    for path in sorted({path for each in texts for path in checkout.glob(each)}):
        for name in _CITED.findall(path.read_text(encoding="utf-8")):
            yield path.relative_to(checkout).as_posix(), name


def _empty(checkout: Path, texts: list[str]) -> Iterator[FileFinding]:
    for each in texts:
        if not any(checkout.glob(each)):
            yield FileFinding(FILE, each, "matches no file")
