"""Reads cases and journeys, checks their format, chooses them by id."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from twinproof.contract.reading import Keep, read_checked, whole
from twinproof.contract.schemas import Schemas
from twinproof.errors import FileFault, FileFinding, UsageError
from twinproof.files import kebab

CASES, JOURNEYS = "cases", "journeys"
STEP_KINDS = ("upload", "download", "times", "pages", "until", "operation")

Given = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """One request and its expected result."""

    operation: str
    when: Mapping[str, Any] = field(default_factory=dict)
    then: Mapping[str, Any] | None = None
    after: Mapping[str, Any] = field(default_factory=dict)
    eventually: bool = False

    @classmethod
    def read(cls, body: Mapping[str, Any], operation: str = "") -> Call:
        """Return the call of a case or step."""
        return cls(
            operation=operation or body["operation"],
            when=body.get("when", {}),
            then=body.get("then"),
            after=body.get("after", {}),
            eventually=body.get("eventually", False),
        )

    @property
    def gateway(self) -> bool:
        """Say whether the gateway should answer, without a function."""
        return bool(self.then and self.then.get("gateway"))

    @property
    def event_only(self) -> bool:
        """Say whether only a Lambda event can express this request."""
        return "eventPatch" in self.when


@dataclass(frozen=True)
class Case:
    """One fact about one operation."""

    case_id: str
    why: str
    clause: str
    call: Call
    given: Given = field(default_factory=dict)
    alone: bool = False
    event: bool = False
    aws: tuple[str, ...] = ()
    """The ids of the statements about AWS that it relies on."""
    only_aws: bool = False
    """Whether only AWS itself can show it."""

    @property
    def full_id(self) -> str:
        """Return the permanent id: `OPERATION/accepts-…`."""
        return f"{self.call.operation}/{self.case_id}"


@dataclass(frozen=True)
class Step:
    """One step of a journey: its id, its kind, and its body in the file."""

    step_id: str
    kind: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Journey:
    """A sequence of steps."""

    name: str
    why: str
    steps: tuple[Step, ...]
    given: Given = field(default_factory=dict)
    aws: tuple[str, ...] = ()
    """The ids of the statements about AWS that it relies on."""

    @property
    def full_id(self) -> str:
        """Return the permanent id: `journeys/paging`."""
        return f"{JOURNEYS}/{self.name}"


@dataclass(frozen=True)
class Collection:
    """Every case and journey, in the order of their files."""

    cases: tuple[Case, ...] = ()
    journeys: tuple[Journey, ...] = ()

    @property
    def all(self) -> list[Case | Journey]:
        """Return cases, then journeys."""
        return [*self.cases, *self.journeys]

    def choose(self, wanted: Iterable[str]) -> Collection:
        """Return those named by id, operation or `journeys`; all if none is named.

        Raises `UsageError` with the nearest id if one is unknown.
        """
        names = list(wanted)
        if not names:
            return self
        ids = [each.full_id for each in self.all]
        groups = sorted({full_id.split("/")[0] for full_id in ids})
        for name in names:
            if name not in ids and name not in groups:
                raise UsageError(_unknown(name, [*ids, *groups]))
        return Collection(
            tuple(case for case in self.cases if _named(case.full_id, names)),
            tuple(each for each in self.journeys if _named(each.full_id, names)),
        )


def _named(full_id: str, names: list[str]) -> bool:
    return full_id in names or _group(full_id) in names


def _unknown(name: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
    hint = f"; the nearest is {nearest[0]}" if nearest else ""
    return f"no case or journey has the id {name}{hint}"


def case_hash(full_id: str) -> str:
    """Return eight hex digits of a hash of a case's id."""
    return hashlib.sha256(full_id.encode()).hexdigest()[:8]


def read_cases(root: Path, schemas: Schemas) -> Collection:
    """Return every case and journey; raise `FileFault` with all that is wrong."""
    paths = [
        path
        for folder in (CASES, JOURNEYS)
        for path in sorted((root / folder).glob("*.yaml"))
    ]
    return _read(paths, schemas, whole)


def read_chosen(root: Path, schemas: Schemas, wanted: Sequence[str]) -> Collection:
    """Return what is named, like `Collection.choose`; check nothing else.

    A name is first looked up in the file of its operation or journey, where `twinproof
    lint` requires it. If it is not there, or names several files, all files are read.
    """
    paths = {_path_of(root, name) for name in wanted if _ONE_FILE.fullmatch(name)}
    keep = partial(_kept, names=frozenset(wanted))
    chosen = _read(sorted(filter(Path.is_file, paths)), schemas, keep)
    ids = {each.full_id for each in chosen.all}
    if wanted and ids.union(map(_group, ids)).issuperset(wanted):
        return chosen
    return read_cases(root, schemas).choose(wanted)


_ONE_FILE = re.compile("(?!journeys$)[A-Za-z][A-Za-z0-9_.-]*(/[a-z0-9-]{1,80})?")


def _path_of(root: Path, name: str) -> Path:
    group, _, rest = name.partition("/")
    if group == JOURNEYS:
        return root / JOURNEYS / f"{rest}.yaml"
    return root / CASES / f"{kebab(group)}.yaml"


def _group(full_id: str) -> str:
    return full_id.split("/", maxsplit=1)[0]


def _kept(document: Any, names: frozenset[str]) -> Any:
    """Return a file of cases with only the named ones, if any is named.

    A document of another shape stays whole: the format check reports it.
    """
    cases = document.get("cases") if isinstance(document, dict) else None
    if not isinstance(cases, list) or document.get("operation") in names:
        return document
    kept = [
        case
        for case in cases
        if isinstance(case, dict)
        and f"{document.get('operation')}/{case.get('id')}" in names
    ]
    return {**document, "cases": kept or cases}


def _read(paths: Iterable[Path], schemas: Schemas, keep: Keep) -> Collection:
    cases: list[Case] = []
    journeys: list[Journey] = []
    findings: list[FileFinding] = []
    for path in paths:
        folder = path.parent.name
        format_name = "journey" if folder == JOURNEYS else "case"
        document, faults = read_checked(path, f"{folder}/", format_name, schemas, keep)
        if faults:
            findings += faults
        elif folder == JOURNEYS:
            journeys.append(_journey(document))
        else:
            cases += _cases(document)
    if findings:
        raise FileFault(findings)
    return Collection(tuple(cases), tuple(journeys))


def _cases(document: Mapping[str, Any]) -> list[Case]:
    return [
        Case(
            case_id=body["id"],
            why=body["why"],
            clause=body["clause"],
            call=Call.read(body, document["operation"]),
            given=body.get("given", {}),
            alone=body.get("alone", False),
            event=body.get("event", False),
            aws=tuple(body.get("aws", ())),
            only_aws="only" in body,
        )
        for body in document["cases"]
    ]


def _journey(document: Mapping[str, Any]) -> Journey:
    steps = tuple(
        Step(body["id"], next(kind for kind in STEP_KINDS if kind in body), body)
        for body in document["steps"]
    )
    return Journey(
        name=document["journey"],
        why=document["why"],
        steps=steps,
        given=document.get("given", {}),
        aws=tuple(document.get("aws", ())),
    )
