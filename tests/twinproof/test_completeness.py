"""Every key of a contract folder is read, and every part of a plugin is used."""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.twinproof.test_guards import PLUGINS, files_of
from tests.twinproof.todo import EXAMPLE
from twinproof.contract import config
from twinproof.contract.config import Config
from twinproof.contract.openapi import Contract
from twinproof.contract.schemas import Schemas
from twinproof.domain.loading import domain_of
from twinproof.files import read_yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SOURCES = ROOT / "twinproof" / "src" / "twinproof"
FORMAT = json.loads((SOURCES / "formats" / "twinproof.json").read_text("utf-8"))
EVERY_KEY = tomllib.loads((HERE / "every-key.toml").read_text("utf-8"))
CHECKED_ALONE = ("schema-version",)
"""The key for which the format allows only one value."""
CONTRACTS = {"contract.plugin": ROOT / "contract", "todo_plugin": EXAMPLE / "contract"}
KeyPath = tuple[str, ...]


def documented(schema: Mapping[str, Any], path: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield each key of a part of the format; `*` is any name."""
    schema, path = followed(schema, path)
    below = dict(schema.get("properties", {}))
    if isinstance(schema.get("additionalProperties"), dict):
        below["*"] = schema["additionalProperties"]
    if not below:
        yield path
    for name, part in below.items():
        yield from documented(part, (*path, name))


def followed(
    schema: Mapping[str, Any], path: KeyPath
) -> tuple[Mapping[str, Any], KeyPath]:
    """Return the definition that a part names; a table of it is known by its name.

    So its keys may be in any one of these tables.
    """
    if "$ref" not in schema:
        return schema, path
    name = schema["$ref"].rpartition("/")[2]
    definition = FORMAT["$defs"][name]
    return definition, (name,) if "properties" in definition else path


def leaves(
    document: Any, schema: Mapping[str, Any], path: KeyPath = (), key: KeyPath = ()
) -> Iterator[tuple[KeyPath, KeyPath]]:
    """Yield the path of each value in a document, with its key in `documented`."""
    schema, key = followed(schema, key)
    known, rest = schema.get("properties", {}), schema.get("additionalProperties")
    if not known and not isinstance(rest, dict):
        yield path, key
        return
    for name, value in document.items():
        part = known.get(name, rest)
        inner = (*key, name if name in known else "*")
        yield from leaves(value, part, (*path, name), inner)


LEAVES = [path for path, _ in leaves(EVERY_KEY, FORMAT) if path != CHECKED_ALONE]


def altered(path: KeyPath) -> dict[str, Any]:
    """Return the document with another value at a path."""
    document = deepcopy(EVERY_KEY)
    *folders, last = path
    inner = document
    for name in folders:
        inner = inner[name]
    inner[last] = other(inner[last])
    return document


def other(value: Any) -> Any:
    """Return another value of the same type."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case list():
            return [*value, "another"]
        case dict():
            return {**value, "another": 1}
        case _:
            return f"{value}-another"


def read(
    document: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch, folder: Path
) -> Config:
    """Return what the tool reads in a document, which need not fit the format."""
    (folder / config.FILE).touch()
    monkeypatch.setattr(tomllib, "loads", lambda _: document)
    monkeypatch.setattr(Schemas, "faults", lambda *_: [])
    return Config.read(folder, Schemas({}))


def test_document_of_every_key_keeps_the_format() -> None:
    schemas = Contract(EXAMPLE / "contract").schemas

    assert schemas.faults("formats/twinproof.json", EVERY_KEY) == []
    used = {key for _, key in leaves(EVERY_KEY, FORMAT)}
    assert used == set(documented(FORMAT))


@pytest.mark.parametrize("path", LEAVES, ids=".".join)
def test_key_changes_what_the_tool_has_read(
    path: KeyPath, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = read(EVERY_KEY, monkeypatch, tmp_path)

    assert read(altered(path), monkeypatch, tmp_path) != before


def test_what_was_read_is_used() -> None:
    """Compare names only: enough to find an attribute that nothing uses any more."""
    paths = [*SOURCES.rglob("*.py"), *(p for name in PLUGINS for p in files_of(name))]
    chains = {
        ast.unparse(node)
        for path in paths
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
    }
    asked = {each.rpartition(".")[2] for each in chains}
    members = {
        f"{name}.{member.name}"
        for name, made in vars(config).items()
        if is_dataclass(made)
        for member in fields(made)
    }

    assert {each for each in members if each.rpartition(".")[2] not in asked} == set()
    # Much else has a name such as `document`: of these the table is looked for, too.
    files = {f"config.files.{each.name}" for each in fields(config.Files)}
    ends = {".".join(each.split(".")[-3:]) for each in chains}
    assert files - ends == set()


@pytest.mark.parametrize("name", PLUGINS)
def test_each_kind_of_a_plugin_is_of_a_volatile_member(name: str) -> None:
    document = read_yaml(CONTRACTS[name] / "volatile.yaml")
    named = [
        kind for fields in document["members"].values() for kind in fields.values()
    ]
    compared = document["compared"].values()
    rules = [value["kind"] for fields in compared for value in fields.values()]

    kinds = domain_of(Contract(CONTRACTS[name])).kinds

    assert kinds.keys() - {*named, *rules} == set()


@pytest.mark.parametrize("name", PLUGINS)
def test_each_expression_of_a_plugin_is_in_a_case(name: str) -> None:
    files = [
        path
        for folder in ("cases", "journeys")
        for path in (CONTRACTS[name] / folder).glob("*.yaml")
    ]
    used = {key for path in files for key in keys(read_yaml(path))}

    expressions = domain_of(Contract(CONTRACTS[name])).expressions

    assert expressions.keys() - used == set()


def keys(document: Any) -> Iterator[str]:
    """Yield the names of all fields in a document."""
    match document:
        case dict():
            for name, value in document.items():
                yield name
                yield from keys(value)
        case list():
            for each in document:
                yield from keys(each)
