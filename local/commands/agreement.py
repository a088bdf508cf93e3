"""Compares the routes and version of several files: python -m local.commands.agreement.

The routes of the operations are written in contract/openapi.yaml, in the events of
template.yaml and in the route tables of both handler trees; its version likewise.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from local import console
from local.command import DONE, FOUND, run
from local.template import ROOT, ConfigurationError, Json, functions, load
from twinproof.contract.openapi import METHODS
from twinproof.contract.schemas import escape_pointer

OPENAPI, TEMPLATE = "contract/openapi.yaml", "template.yaml"
TREES = ("handlers/python", "handlers/typescript")
VERSIONS = (
    "handlers/python/shared/version.py",
    "handlers/typescript/shared/version.ts",
)
# `"GET /users": Route("listUsers", …)`, and in a Map `"GET /users", new Route(…)`.
_ENTRY = re.compile(
    r'"(?P<key>[A-Z]+ /[^"\s]*)"\s*[:,]\s*(?:new\s+)?Route\(\s*"(?P<operation>\w+)"'
)
_VERSION = re.compile(r'\bVERSION = "([^"]*)"')


@dataclass(frozen=True)
class Entry:
    """A route key (`GET /users/{userId}`), and the file and pointer of its entry."""

    key: str
    file: str
    pointer: str


Table = dict[str, Entry]
"""The routes of one source, by operationId."""


def disagreements(root: Path) -> list[str]:
    """Return one line for each difference: the file, the entry and the fault.

    Raises `ConfigurationError` if a file cannot be read.
    """
    api = _read_api(root)
    documented = _documented(api)
    sources = {TEMPLATE: _events(root), **{tree: _routed(root, tree) for tree in TREES}}
    routes = [_keys(table) for table in sources.values()]
    if all(each == routes[0] for each in routes):
        # All other files agree, so the difference is reported as the document's.
        others = f"{TEMPLATE} and the handlers"
        found = _compare(OPENAPI, documented, others, routes[0])
    else:
        wanted = _keys(documented)
        found = [
            line
            for name, table in sources.items()
            for line in _compare(name, table, OPENAPI, wanted)
        ]
    return [*found, *_versions(root, api)]


def _keys(table: Table) -> dict[str, str]:
    return {operation: entry.key for operation, entry in table.items()}


def _compare(
    name: str, table: Table, other: str, wanted: Mapping[str, str]
) -> list[str]:
    """Return one line for each route of a source that differs from the wanted table."""
    found = defaultdict(list)
    operations = {key: operation for operation, key in wanted.items()}
    for operation, entry in table.items():
        there = wanted.get(operation)
        if there == entry.key:
            continue
        if there is not None:
            what = _difference(entry.key, there, other)
        elif entry.key in operations:
            what = f"{entry.key} is {operations[entry.key]} in {other}"
        else:
            what = f"there is no such operation in {other}"
        found[f"{entry.file}: {entry.pointer}: {what}"].append(operation)
    keys = {entry.key for entry in table.values()}
    for operation, key in wanted.items():
        if operation not in table and key not in keys:
            found[f"{name}: has no route {key}, as in {other}"].append(operation)
    return [f"{line} ({', '.join(names)})" for line, names in found.items()]


def _difference(here: str, there: str, other: str) -> str:
    method, _, path = here.partition(" ")
    other_method, _, other_path = there.partition(" ")
    if method == other_method:
        return f"the path is {path}, in {other} {other_path}"
    return f"the route is {here}, in {other} {there}"


def _read(root: Path, file: str) -> str:
    """Return the text of a file, or raise `ConfigurationError`."""
    try:
        return (root / file).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise _unreadable(file, error) from error


def _unreadable(file: str, error: Exception) -> ConfigurationError:
    why = " ".join(str(getattr(error, "strerror", None) or error).split())
    return ConfigurationError(f"{file} cannot be read: {why}")


def _mapping(node: Json, name: str) -> Mapping[str, Json]:
    """Return a node that is a mapping, or raise `ConfigurationError`."""
    if not isinstance(node, dict):
        raise ConfigurationError(f"{name} is no mapping")
    return node


def _text(owner: Mapping[str, Json], name: str, where: str) -> str:
    """Return a field that is a string, or raise `ConfigurationError`."""
    found = owner.get(name)
    if found is None:
        raise ConfigurationError(f"{where} has no {name}")
    if not isinstance(found, str):
        raise ConfigurationError(f"{where}: {name} is no text, so put it in quotes")
    return found


def _read_api(root: Path) -> Mapping[str, Json]:
    try:
        # libyaml is ten times as fast; PyYAML's wheels have it.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        api = yaml.load(_read(root, OPENAPI), loader)  # noqa: S506 - both are safe
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise _unreadable(OPENAPI, error) from error
    api = _mapping(api, OPENAPI)
    for section in ("info", "paths"):
        _mapping(api.get(section), f"{OPENAPI}: {section}")
    return api


def _documented(api: Mapping[str, Json]) -> Table:
    table = {}
    for path, item in api["paths"].items():
        pointer = f"/paths/{escape_pointer(str(path))}"
        for method, operation in _mapping(item, f"{OPENAPI}: {pointer}").items():
            if method in METHODS:
                where = f"{OPENAPI}: {pointer}/{method}"
                name = _text(_mapping(operation, where), "operationId", where)
                table[name] = Entry(f"{method.upper()} {path}", OPENAPI, pointer)
    return table


def _events(root: Path) -> Table:
    template = load(root / TEMPLATE)
    table = {}
    for function in functions(template):
        for name, event in _events_of(template, function).items():
            pointer = f"Resources/{function}/Events/{name}"
            if _mapping(event, f"{TEMPLATE}: {pointer}").get("Type") == "HttpApi":
                route = event.get("Properties") or {}
                _mapping(route, f"{TEMPLATE}: {pointer}/Properties")
                key = f"{str(route.get('Method')).upper()} {route.get('Path')}"
                table[name] = Entry(key, TEMPLATE, pointer)
    return table


def _events_of(template: Mapping[str, Json], function: str) -> Mapping[str, Json]:
    """Return the events of a function, empty if it has none."""
    pointer = f"{TEMPLATE}: Resources/{function}"
    properties = template["Resources"][function].get("Properties", {})
    events = _mapping(properties, f"{pointer}/Properties").get("Events", {})
    return _mapping(events, f"{pointer}/Events")


def _routed(root: Path, tree: str) -> Table:
    """Return the entries of every route table in a tree, read from its text."""
    table = {}
    for path in sorted((root / tree).rglob("*")):
        if path.suffix in {".py", ".ts"}:
            file = path.relative_to(root).as_posix()
            text = _read(root, file)
            for entry in _ENTRY.finditer(text):
                line = text.count("\n", 0, entry.start()) + 1
                table[entry["operation"]] = Entry(entry["key"], file, f"line {line}")
    return table


def _versions(root: Path, api: Mapping[str, Json]) -> Iterator[str]:
    """Yield the files whose version differs from the document's."""
    wanted = _text(api["info"], "version", f"{OPENAPI}: info")
    for file in VERSIONS:
        named = _VERSION.search(_read(root, file))
        version = named[1] if named else "none"
        if version != wanted:
            yield f"{file}: the version is {version}, in {OPENAPI} {wanted}"


def main() -> int:
    """Print what differs; return the exit code."""
    return run("agreement", _print, (ConfigurationError,))


def _print() -> int:
    found = disagreements(ROOT)
    for line in found:
        console.print_line(line)
    return FOUND if found else DONE


if __name__ == "__main__":
    sys.exit(main())
