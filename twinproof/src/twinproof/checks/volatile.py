"""The volatile fields that volatile.yaml declares, checked by their kinds."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from twinproof.cases.matching import Free, Mismatch
from twinproof.contract.config import Lists
from twinproof.contract.ecma import NoPattern, is_whole
from twinproof.contract.openapi import Contract
from twinproof.contract.reading import read_checked
from twinproof.domain.forms import kind_of, referred
from twinproof.domain.kinds import Kind
from twinproof.domain.observation import Observation
from twinproof.domain.tool_kinds import tool_kinds
from twinproof.errors import FileFault, FileFinding

HEADERS = "headers"

Kinds = Mapping[str, Mapping[str, "Kind"]]
"""By schema (or `headers`) and then by the path of a field."""


@dataclass(frozen=True)
class Volatile:
    """The volatile fields of each schema, and the schemas of lists."""

    members: Kinds
    """The kinds that the tool checks on each target."""
    pages: Mapping[str, str]
    """By the schema of a list: the schema of its items."""
    compared: Kinds
    """The kinds that the tool compares targets by; includes `members`."""
    lists: Lists = field(default_factory=Lists)
    """The names of the fields of a list."""

    @classmethod
    def read(cls, contract: Contract, own: Mapping[str, Kind]) -> Volatile:
        """Read a contract's volatile.yaml; raise `FileFault`.

        `own`: the kinds of the service; they replace others of the same name.
        """
        path = contract.root / contract.config.files.volatile
        document, findings = read_checked(path, "", "volatile", contract.schemas)
        if findings:
            raise FileFault(findings)
        known = _Known(tool_kinds(contract.config), document.get("kinds", {}), own)
        findings = list(_unknown(contract, document, known))
        if findings:
            raise FileFault(findings)
        members = _kinds(document["members"], known)
        compared = _kinds(dict(_compared(document)), known)
        together = {
            schema: {**members.get(schema, {}), **compared.get(schema, {})}
            for schema in members.keys() | compared.keys()
        }
        return cls(members, document["pages"], together, contract.config.lists)

    def free(self, schema: str) -> Free:
        """Return the fields that a case may omit in a body of this schema."""
        if schema in self.pages:
            page = f"/{self.lists.items}/*"
            inner = self.free(self.pages[schema])
            return {f"{page}{pointer}": names for pointer, names in inner.items()}
        free: dict[str, set[str]] = {}
        for path in self.members.get(schema, {}):
            pointer, _, name = f"/{path}".rpartition("/")
            free.setdefault(pointer, set()).add(name)
        return free

    def check(self, schema: str, seen: Observation, where: str) -> Iterator[Mismatch]:
        """Yield each volatile field of a body or an item that is not of its kind."""
        if schema in self.pages:
            items = seen.document.get(self.lists.items)
            for number, shown in enumerate(items if isinstance(items, list) else []):
                if isinstance(shown, dict):
                    here = f"{where} /{self.lists.items}/{number}"
                    part = seen.at(shown, seen.domain.records.shown(shown), here)
                    yield from self.check(self.pages[schema], part, here)
            return
        for path, kind in self.members.get(schema, {}).items():
            exists, value = _at(seen.document, path.split("/"))
            if exists:
                expected = kind.expected(value, seen)
                if expected:
                    where_ = (
                        f"{where} /{path}" if " /" not in where else f"{where}/{path}"
                    )
                    yield Mismatch(where_, expected, value, f"kind {kind.name}")


def _at(shown: Any, steps: list[str]) -> tuple[bool, Any]:
    here = shown
    for step in steps:
        if not isinstance(here, Mapping) or step not in here:
            return False, None
        here = here[step]
    return True, here


@dataclass(frozen=True)
class _Known:
    """The kinds that a field may have; a later source replaces an earlier one."""

    tool: Mapping[str, Kind]
    described: Mapping[str, Mapping[str, Any]]
    own: Mapping[str, Kind]

    def names(self) -> set[str]:
        return {*self.tool, *self.described, *self.own}

    def of(self, name: str, path: str) -> Kind:
        """Return the kind of this name, for the field at a path."""
        if name in self.own:
            return self.own[name]
        if name in self.described:
            return kind_of(name, self.described[name], path)
        return self.tool[name]


def _kinds(names: Mapping[str, Mapping[str, str]], known: _Known) -> Kinds:
    return {
        schema: {path: known.of(name, path) for path, name in declared.items()}
        for schema, declared in names.items()
    }


def _unknown(contract: Contract, document: Any, known: _Known) -> Iterator[FileFinding]:
    """Yield each unknown schema and field, and each kind that is unknown or unused."""
    file = contract.config.files.volatile
    pages = [*document["pages"], *document["pages"].values()]
    named = [*document["members"], *pages, *document["compared"]]
    for schema in dict.fromkeys(named):
        if schema != HEADERS and not (contract.root / schema).is_file():
            yield FileFinding(file, schema, "there is no such schema")
    yield from _paths(contract, document)
    names, used = known.names(), set()
    # Under `members` a kind that only compares would check nothing.
    checking = {name for name in names if not known.of(name, "").only_compares}
    for schema, declared in document["members"].items():
        for path, name in declared.items():
            used.add(name)
            yield from _unfit(file, name, f"{schema} {path}", checking)
    for schema, declared in document["compared"].items():
        for path, entry in declared.items():
            used.add(entry["kind"])
            yield from _unfit(file, entry["kind"], f"{schema} {path}", names)
    for name in known.described.keys() - used:
        yield FileFinding(file, f"kinds {name}", "no field is of this kind")
    for name in known.described.keys() & known.own:
        yield FileFinding(file, f"kinds {name}", "the plugin has a kind of this name")


def _paths(contract: Contract, document: Any) -> Iterator[FileFinding]:
    """Yield each declared field that its schema does not have.

    The kind of such a field would check nothing. Only the first step of a path is
    checked.
    """
    file, kinds = contract.config.files.volatile, document.get("kinds", {})
    for name, entry in kinds.items():
        if "drawn" in entry:
            try:
                is_whole(entry["drawn"], "")
            except NoPattern as error:
                yield FileFinding(file, f"kinds {name}", str(error))
    for schema, declared in [*document["members"].items(), *_compared(document)]:
        if schema == HEADERS or schema not in contract.files:
            continue
        known = contract.schemas.members(schema)
        for path, name in declared.items():
            for each in (path, *referred(kinds.get(name, {}))):
                if each.partition("/")[0] not in known:
                    what = f"the schema has no field {each}"
                    yield FileFinding(file, f"{schema} {path}", what)


def _compared(document: Any) -> Iterator[tuple[str, Mapping[str, str]]]:
    for schema, declared in document["compared"].items():
        yield schema, {path: entry["kind"] for path, entry in declared.items()}


def _unfit(file: str, name: str, where_: str, names: Set[str]) -> Iterator[FileFinding]:
    if name not in names:
        nearest = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.0)[0]
        what = f"there is no such kind: {name}; the nearest is {nearest}"
        yield FileFinding(file, where_, what)
