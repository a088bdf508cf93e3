"""Compares what several files say of the API: `python -m local.agreement`.

The routes of the operations are written in contract/openapi.yaml, in the events of
template.yaml and in the route tables of both handler trees; its version likewise.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from local import console
from local.template import ROOT, ConfigurationError, functions, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from local.template import Json

OPENAPI, TEMPLATE = "contract/openapi.yaml", "template.yaml"
TREES = ("handlers/python", "handlers/typescript")
PROJECT = "pyproject.toml"
VERSIONS = (
    "handlers/python/shared/version.py",
    "handlers/typescript/shared/version.ts",
)
METHODS = ("get", "put", "post", "patch", "delete")
# `"GET /users": Route("listUsers", …)`, and in a Map `"GET /users", new Route(…)`.
_ENTRY = re.compile(
    r'"(?P<key>[A-Z]+ /[^"\s]*)"\s*[:,]\s*(?:new\s+)?Route\(\s*"(?P<operation>\w+)"'
)
_VERSION = re.compile(r'\bVERSION = "([^"]*)"')


@dataclass(frozen=True)
class Entry:
    """A route key (`GET /users/{userId}`), and where it is written."""

    key: str
    file: str
    place: str


Table = dict[str, Entry]
"""The routes that one source has, by operationId."""


def disagreements(root: Path) -> list[str]:
    """Return one line for each place that differs: file, place, what is wrong.

    Raises `ConfigurationError` where a file cannot be read.
    """
    api = _read_api(root)
    documented = _documented(api)
    sources = {TEMPLATE: _events(root), **{tree: _routed(root, tree) for tree in TREES}}
    routes = [_keys(table) for table in sources.values()]
    if all(each == routes[0] for each in routes):
        # All others agree, so what differs is put down to the document.
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
    """Return where a source's table is not as wanted, one line for each place."""
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
        found[f"{entry.file}: {entry.place}: {what}"].append(operation)
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


def _read_api(root: Path) -> dict[str, Json]:
    try:
        # libyaml is ten times as fast; PyYAML's wheels have it.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        api = yaml.load((root / OPENAPI).read_text("utf-8"), loader)  # noqa: S506 - both are safe
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        why = " ".join(str(error).split())
        raise ConfigurationError(f"{OPENAPI} cannot be read: {why}") from error
    for section in ("info", "paths"):
        if not isinstance(api, dict) or not isinstance(api.get(section), dict):
            raise ConfigurationError(f"{OPENAPI}: {section} is no mapping")
    found: dict[str, Json] = api
    return found


def _documented(api: Mapping[str, Json]) -> Table:
    return {
        str(item[method].get("operationId")): Entry(
            f"{method.upper()} {path}", OPENAPI, f"/paths/{_escaped(path)}"
        )
        for path, item in api["paths"].items()
        for method in METHODS
        if isinstance(item, dict) and isinstance(item.get(method), dict)
    }


def _escaped(path: str) -> str:
    return path.replace("~", "~0").replace("/", "~1")


def _events(root: Path) -> Table:
    template = load(root / TEMPLATE)
    table = {}
    for function in functions(template):
        events = template["Resources"][function].get("Properties", {}).get("Events", {})
        for name, event in events.items():
            if isinstance(event, dict) and event.get("Type") == "HttpApi":
                route = event.get("Properties") or {}
                key = f"{str(route.get('Method')).upper()} {route.get('Path')}"
                place = f"Resources/{function}/Events/{name}"
                table[name] = Entry(key, TEMPLATE, place)
    return table


def _routed(root: Path, tree: str) -> Table:
    """Return the entries of every route table in a tree, read from its text."""
    table = {}
    for path in sorted((root / tree).rglob("*")):
        if path.suffix in {".py", ".ts"}:
            text, file = path.read_text("utf-8"), path.relative_to(root).as_posix()
            for entry in _ENTRY.finditer(text):
                line = text.count("\n", 0, entry.start()) + 1
                table[entry["operation"]] = Entry(entry["key"], file, f"line {line}")
    return table


def _versions(root: Path, api: Mapping[str, Json]) -> Iterator[str]:
    """Yield the files that name another version than the document."""
    wanted = str(api["info"].get("version"))
    project = tomllib.loads((root / PROJECT).read_text("utf-8"))["project"]
    found = {PROJECT: str(project["version"])}
    for file in VERSIONS:
        named = _VERSION.search((root / file).read_text("utf-8"))
        found[file] = named[1] if named else "none"
    for file, version in found.items():
        if version != wanted:
            yield f"{file}: the version is {version}, in {OPENAPI} {wanted}"


def main() -> int:
    """Print what differs; return 1 where something does, 2 for a file that is bad."""
    try:
        found = disagreements(ROOT)
    except (ConfigurationError, OSError, ValueError) as error:
        sys.stderr.write(f"agreement: {error}\n")
        return 2
    for line in found:
        console.say(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
